import { newWebSocketRpcSession, RpcTarget } from 'capnweb';
import { expect, onTestFinished } from 'vitest';
import type { Flow } from './support/flow.ts';
import { asGlobal, everyWay } from './support/ways.ts';

class Counter extends RpcTarget {
  readonly #flow: Flow;

  constructor(flow: Flow) {
    super();
    this.#flow = flow;
  }

  /** Calls back into the client for each number. */
  async count(tell: (n: number) => Promise<number>): Promise<number> {
    const answers: Promise<number>[] = [];
    for await (const n of this.#flow.numbers()) answers.push(tell(n));
    await this.#flow.arrived();
    return (await Promise.all(answers)).reduce((a, b) => a + b);
  }
}

everyWay("Cap'n Web calls in both directions", async ({ WebSocket, wss, url, flow }) => {
  wss.on('connection', (socket) => {
    newWebSocketRpcSession(socket as unknown as WebSocket, new Counter(flow));
  });
  asGlobal(WebSocket);
  const socket = new WebSocket(url);
  const session = newWebSocketRpcSession<Counter>(socket);
  onTestFinished(() => session[Symbol.dispose]());
  const sum = await session.count(async (n) => {
    flow.see(n);
    return n;
  });
  expect(sum).toBe(flow.seen.reduce((a, b) => a + b));
});
