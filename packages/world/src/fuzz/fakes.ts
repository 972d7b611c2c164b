/** What brings strangers to an endpoint without a network: a WebSocket and a response, as far as it sees them. */
import { BatchReader, concat, parseAnswer, type Item } from '@holdfast/protocol';
import type { Wire } from '../../../server/src/websocket-transport.ts';
import type { VirtualClock } from '../clock.ts';
import { textOf } from './mutate.ts';

/** `ws`'s WebSocket, as far as the endpoint sees it. As there, what comes behind a close is still told. */
export class FakeWire implements Wire {
  readonly bufferedAmount = 0;
  readonly said: string[] = [];
  isClosed = false;
  readonly #clock: VirtualClock;
  readonly #listeners = new Map<string, (...args: never[]) => void>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  on(event: string, listener: (...args: never[]) => void): this {
    this.#listeners.set(event, listener.bind(this));
    return this;
  }

  send(data: string | Uint8Array, options: { readonly binary: boolean }, callback?: () => void): void {
    // In bytes of the application's there is no escape, and no control frame.
    if (!options.binary) this.said.push(typeof data === 'string' ? data : textOf(data));
    if (callback) this.#clock.defer(callback);
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#clock.defer(() => this.#listeners.get('close')?.());
  }

  pause(): void {
    throw new Error('whoever is asked here answers at once');
  }

  resume(): void {
    // It never waits.
  }

  hear(latin1: string, isBinary: boolean): void {
    this.#listeners.get('message')?.(...([Buffer.from(latin1, 'latin1'), isBinary] as never[]));
  }

  fail(code: string): void {
    this.#listeners.get('error')?.(Object.assign(new Error(code), { code }) as never);
    this.terminate();
  }
}

/** A response, as far as it is known. */
export class FakeReply {
  readonly buffered = 0;
  status = 0;
  isOver = false;
  /** Whether the client has gone: it may never be answered. */
  hasGone = false;
  readonly #parts: Uint8Array[] = [];
  readonly #onClose: (() => void)[] = [];

  write(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.status = 200;
    this.#parts.push(bytes.slice());
  }

  end(bytes?: Uint8Array): void {
    if (this.isOver) return;
    this.write(bytes ?? new Uint8Array());
    this.leave();
  }

  fail(status: number): void {
    if (this.isOver || this.status > 0) return;
    this.status = status;
    this.leave();
  }

  /** It is over, whoever ended it. */
  leave(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const callback of this.#onClose) callback();
  }

  onDrain(): void {
    // It always has room.
  }

  onClose(callback: () => void): void {
    if (this.isOver) callback();
    else this.#onClose.push(callback);
  }

  get items(): Item<{ readonly type: string }>[] {
    return new BatchReader(parseAnswer, Infinity).push(concat(this.#parts));
  }
}
