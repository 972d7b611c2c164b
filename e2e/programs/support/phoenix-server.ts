/** As much of Phoenix's channels (version 2 of their wire) as their client needs: every channel may be joined, and echoes. */

import type { WebSocketServer } from 'ws';

type Message = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown];

export function serveChannels(wss: WebSocketServer): void {
  wss.on('connection', (socket) => {
    const send = (...message: Message): void => socket.send(JSON.stringify(message));
    socket.on('message', (data: Buffer) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(String(data)) as Message;
      // Told to the channel, and answered.
      if (event === 'shout') send(null, null, topic, event, payload);
      send(joinRef, ref, topic, 'phx_reply', { status: 'ok', response: payload });
    });
  });
}
