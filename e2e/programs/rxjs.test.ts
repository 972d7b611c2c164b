import { webSocket } from 'rxjs/webSocket';
import { expect, onTestFinished } from 'vitest';
import { everyWay } from './support/ways.ts';

interface Message {
  readonly begin?: true;
  readonly number?: number;
}

everyWay("RxJS' webSocket observes each value once", async ({ WebSocket, wss, url, flow }) => {
  const sendAll = async (send: (text: string) => void): Promise<void> => {
    for await (const number of flow.numbers()) send(JSON.stringify({ number }));
  };
  const returned = new Promise((resolve) => {
    const numbers: unknown[] = [];
    wss.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const { begin, number } = JSON.parse(String(data)) as Message;
        if (begin) void sendAll((text) => socket.send(text));
        else if (numbers.push(number) === flow.length) resolve(numbers);
      });
    });
  });

  const events: string[] = [];
  const subject = webSocket<Message>({
    url,
    WebSocketCtor: WebSocket,
    openObserver: { next: () => events.push('open') },
    closeObserver: { next: () => events.push('close') },
  });
  onTestFinished(() => subject.complete());
  subject.subscribe({
    next({ number }) {
      subject.next({ number: number! });
      flow.see(number!);
    },
    error: () => events.push('error'),
  });
  subject.next({ begin: true });
  await flow.arrived();
  expect(await returned).toEqual(flow.seen);
  expect(events).toEqual(['open']);
});
