/** A TCP connection without a network: one end is handed to an HTTP server, the other one is held here. */
import type { Server } from 'node:http';
import { Duplex } from 'node:stream';

export class FakeConnection extends Duplex {
  /** What the server has said, as characters that are bytes. */
  heard = '';
  /** Where programs look for the client's address. */
  readonly remoteAddress = '192.0.2.1';
  /** Whether the server has ended it, or destroyed it. */
  isOver = false;
  /** Whether the client has gone, which the server learns when it writes. */
  isDeaf = false;

  constructor(server: Server) {
    // As a socket of `net` does: the other half may go on.
    super({ allowHalfOpen: true });
    this.on('close', () => {
      this.isOver = true;
    });
    server.emit('connection', this);
  }

  /** Says something to the server. */
  say(latin1: string): void {
    if (!this.destroyed && !this.readableEnded) this.push(Buffer.from(latin1, 'latin1'));
  }

  /** Ends as connections do: in order, or not. */
  leave(how: 'fin' | 'reset'): void {
    if (this.destroyed) return;
    if (how === 'fin') this.push(null);
    else this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  }

  override _read(): void {
    // What is said is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.isDeaf) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      return;
    }
    this.heard += chunk.toString('latin1');
    done();
  }

  override _final(done: () => void): void {
    this.isOver = true;
    done();
  }

  /** What HTTP servers ask of a socket. */
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Ends it behind what was written. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }
}
