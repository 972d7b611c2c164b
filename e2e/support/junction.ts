/** A fork in the way: whoever comes is led to one port, and from some moment on to another, as when a laptop changes networks. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Junction {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: number;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ noDelay: true }, (browser) => {
      const next = connect({ host: '127.0.0.1', port: this.#target, noDelay: true });
      for (const [from, to] of [
        [browser, next],
        [next, browser],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        // However one side ends, the other one does.
        from.on('error', () => to.resetAndDestroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  static async start(target: number): Promise<Junction> {
    const junction = new Junction(target);
    junction.#server.listen(0, '127.0.0.1');
    await once(junction.#server, 'listening');
    return junction;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Leads everybody there from now on: live connections are reset, since they lead elsewhere. */
  lead(target: number): void {
    this.#target = target;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
