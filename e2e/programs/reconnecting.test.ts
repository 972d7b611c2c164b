import { WebSocket as PartySocket } from 'partysocket';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { expect, onTestFinished } from 'vitest';
import { everyWay, type Way } from './support/ways.ts';

for (const [name, Reconnecting] of [
  ['reconnecting-websocket', ReconnectingWebSocket],
  ['partysocket', PartySocket],
] as const) {
  everyWay(`${name} has nothing to reconnect`, async ({ WebSocket, wss, url, flow }) => {
    echo(wss);
    const socket = new Reconnecting(url, [], { WebSocket, minReconnectionDelay: 1 });
    onTestFinished(() => socket.close());
    const events: string[] = [];
    socket.addEventListener('open', () => void events.push('open'));
    socket.addEventListener('close', () => void events.push('close'));

    socket.addEventListener('message', ({ data }) => flow.see(Number(data)));
    for await (const number of flow.numbers()) socket.send(String(number));
    await flow.arrived();
    expect(events).toEqual(['open']);
  });
}

function echo(wss: Way['wss']): void {
  wss.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
}
