/**
 * A WebSocket of `ws` that carries a session. What is sent within one turn of the event loop goes out together, as frames
 * side by side in one buffer: a burst costs one system call, and nothing waits for a later turn. Where much is sent, some of
 * it leaves before the turn is over.
 */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { Frames, type Message } from './frames.ts';
import type { Wire, WebSocketTransport } from './websocket-transport.ts';

/** When so many bytes are gathered they leave at once: the network has something to do while the rest is made. */
const ENOUGH = 256 * 1024;

/** What is used of it, as it is there: the amount is an accessor, and what is replaced a method. */
interface Base extends Pick<Wire, 'on' | 'pause' | 'resume' | 'terminate'> {
  get bufferedAmount(): number;
  readonly readyState: number;
  readonly extensions: string;
  send(...message: Parameters<Wire['send']>): void;
  close(code?: number, reason?: string): void;
}
const Base = WebSocket as unknown as new (...args: unknown[]) => Base;

/** A turn of the event loop, as the carriers of one server share it: what each has gathered is written at its end. */
export class Turn {
  readonly frames = new Frames();
  #carriers: Carrier[] = [];

  /** At the end of this turn a carrier writes. */
  add(carrier: Carrier): void {
    if (this.#carriers.push(carrier) === 1) process.nextTick(end, this);
  }

  end(): void {
    const carriers = this.#carriers;
    this.#carriers = [];
    for (const carrier of carriers) carrier.flush();
  }
}

const end = (turn: Turn): void => {
  turn.end();
};

export class Carrier extends Base implements Wire {
  /** Of its server. */
  declare turn: Turn;
  transport?: WebSocketTransport;
  /** Of `ws`. */
  declare private readonly _socket: Socket;
  /** What was sent in this turn. */
  #gathered: Message[] | undefined;
  /** Its bytes. */
  #bytes = 0;
  #onWritten: (() => void) | undefined;
  /** Whether messages are compressed, if that is known: `ws` does it, one after the other. */
  #compresses: boolean | undefined;

  override get bufferedAmount(): number {
    return super.bufferedAmount + this.#bytes;
  }

  /** @param onWritten called when it is on the network, with all that was sent in this turn */
  override send(
    data: string | Uint8Array,
    options: { readonly binary: boolean },
    onWritten?: () => void,
  ): void {
    this.#compresses ??= this.extensions !== '';
    if (this.#compresses || this.readyState !== WebSocket.OPEN) {
      super.send(data, options, onWritten);
      return;
    }
    const size = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    const message = { data, binary: options.binary, size };
    if (this.#gathered) this.#gathered.push(message);
    else {
      this.#gathered = [message];
      this.turn.add(this);
    }
    this.#bytes += size;
    this.#onWritten = onWritten ?? this.#onWritten;
    if (this.#bytes >= ENOUGH) this.flush();
  }

  override close(code?: number, reason?: string): void {
    this.flush();
    super.close(code, reason);
  }

  /** Writes what was sent in this turn. */
  flush(): void {
    const gathered = this.#gathered;
    const onWritten = this.#onWritten;
    this.#gathered = this.#onWritten = undefined;
    this.#bytes = 0;
    if (!gathered || this.readyState !== WebSocket.OPEN) return;
    const { _socket: socket } = this;
    const chunks = this.turn.frames.of(gathered);
    const last = chunks.length - 1;
    if (last > 0) socket.cork();
    for (let i = 0; i < last; i++) socket.write(chunks[i] as Uint8Array);
    socket.write(chunks[last] as Uint8Array, onWritten);
    if (last > 0) socket.uncork();
  }
}
