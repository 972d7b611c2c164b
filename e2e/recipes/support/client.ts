/** The real client in Node, for tests that wait for what it hears. */
import { HoldfastSocket, type HoldfastOptions, type TransportName } from '@holdfast/client';
import { WebSocket } from 'ws';

export class Client {
  readonly socket: HoldfastSocket;
  /** Messages that nobody has asked for yet. */
  readonly #heard: unknown[] = [];
  #wanted: ((message: unknown) => void)[] = [];

  constructor(url: string, options: HoldfastOptions = {}) {
    this.socket = new HoldfastSocket(url, [], { WebSocket, ...options });
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => {
      const message: unknown = data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data;
      const take = this.#wanted.shift();
      if (take) take(message);
      else this.#heard.push(message);
    };
  }

  /** The next message: a string, or the bytes of a binary one. */
  async next(): Promise<unknown> {
    return this.#heard.length > 0
      ? this.#heard.shift()
      : new Promise((resolve) => this.#wanted.push(resolve));
  }

  async ask(data: string | Uint8Array<ArrayBuffer>): Promise<unknown> {
    this.socket.send(data);
    return this.next();
  }

  /** The next event of this type. */
  event<E extends Event>(type: string): Promise<E> {
    return new Promise((resolve) =>
      this.socket.addEventListener(type, (event) => resolve(event as E), { once: true }),
    );
  }

  /** Waits until it is carried by this transport. */
  async over(transport: TransportName): Promise<void> {
    while (this.socket.transport !== transport) await this.event('transportchange');
  }

  /** Closes, and tells how it was heard. */
  async close(): Promise<{ code: number; wasClean: boolean }> {
    const closed = this.event<CloseEvent>('close');
    this.socket.close(1000);
    const { code, wasClean } = await closed;
    return { code, wasClean };
  }
}
