/** A stretch of network that can be cut: what is on its way just then is lost, and every connection is reset. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The bytes that are lost: those of either end, or those of the server, which then has what they answer. */
export type Where = 'anywhere' | 'from the server';

export class Stretch {
  readonly #server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: this.#target, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => {
        if (this.#cutting === 'anywhere' || (this.#cutting && from === far)) this.#cutNow();
        else to.write(bytes);
      });
      from.on('end', () => to.end());
      // However one side ends, the other one does.
      from.on('error', () => to.resetAndDestroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  });
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #cutting: Where | undefined;
  #cuts = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  /** Leads to a port on loopback. */
  static async start(target: number): Promise<Stretch> {
    const stretch = new Stretch(target);
    stretch.#server.listen(0, '127.0.0.1');
    await once(stretch.#server, 'listening');
    return stretch;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The cuts so far, each of which has lost something. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Cuts when the next bytes come along, which never arrive. */
  cut(where: Where): void {
    this.#cutting = where;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #cutNow(): void {
    this.#cutting = undefined;
    this.#cuts++;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
