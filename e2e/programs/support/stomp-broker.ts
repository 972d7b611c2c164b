/** As much of a STOMP 1.2 broker as its clients need to talk to one another. */

import type { WebSocket, WebSocketServer } from 'ws';

interface Frame {
  readonly command: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export function serveStomp(wss: WebSocketServer): void {
  const subscriptions = new Set<{ socket: WebSocket; id: string; destination: string }>();
  let messages = 0;

  wss.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const frame = parse(String(data));
      if (!frame) return;
      const { command, headers, body } = frame;
      switch (command) {
        case 'CONNECT':
        case 'STOMP':
          socket.send(format('CONNECTED', { version: '1.2', 'heart-beat': '0,0' }));
          break;
        case 'SUBSCRIBE':
          subscriptions.add({ socket, id: headers.get('id')!, destination: headers.get('destination')! });
          break;
        case 'SEND':
          messages++;
          for (const { socket: subscriber, id, destination } of subscriptions) {
            if (destination !== headers.get('destination')) continue;
            const about = { destination, subscription: id, 'message-id': String(messages) };
            subscriber.send(format('MESSAGE', about, body));
          }
      }
      const receipt = headers.get('receipt');
      if (receipt !== undefined) socket.send(format('RECEIPT', { 'receipt-id': receipt }));
    });
    socket.on('close', () => {
      for (const subscription of subscriptions) {
        if (subscription.socket === socket) subscriptions.delete(subscription);
      }
    });
  });
}

/** Nothing for a heart-beat. */
function parse(text: string): Frame | undefined {
  const [head = '', body = ''] = text.split('\n\n');
  const [command = '', ...lines] = head.split('\n');
  if (command === '') return undefined;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1)];
  });
  return { command, headers: new Map(headers), body: body.replace(/\0$/, '') };
}

const format = (command: string, headers: Record<string, string>, body = ''): string =>
  [command, ...Object.entries(headers).map(([name, value]) => `${name}:${value}`), '', `${body}\0`].join(
    '\n',
  );
