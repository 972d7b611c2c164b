/** Ports for programs that have to be told theirs. */

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Below those that systems hand out by themselves, so that no connection happens to take one; browsers block none of them. */
const first = 20_000;
const count = 10_000;

/** A port of loopback on which nobody listens. */
export async function choosePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Whether somebody accepts connections there. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
