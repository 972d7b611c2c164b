/** Frames over a WebSocket (PROTOCOL.md §5): the application's messages go as they are. */
import {
  escapeControl,
  escapeText,
  formatAttach,
  formatCommon,
  offerAttach,
  parseAnswer,
  SUBPROTOCOL,
  unescapeText,
  type AttachFrame,
  type SessionFrame,
} from '@holdfast/protocol';
import type { OpenWebSocket } from './carriers.ts';
import type { WebSocketClass, WebSocketLike } from './environment.ts';
import { FOREIGN, type Transport, type TransportOwner } from './transport.ts';
import { utf8Length } from './utf8.ts';

/** Bytes that wait in the browser before the session keeps the rest: each acknowledgement asks again. */
const HIGH_WATER = 1024 * 1024;

export class WebSocketTransport implements Transport {
  readonly name = 'websocket';
  readonly batches = false;
  readonly #class: WebSocketClass;
  readonly #url: string;
  #owner: TransportOwner | undefined;
  #socket: WebSocketLike | undefined;
  /** The number of the last message, implicit on the wire: counted from the attach that was welcomed. */
  #received = 0;
  #attachedFrom = 0;
  #open = false;
  /** It has said something that only a Holdfast server says. */
  #isHoldfast = false;
  /** Bytes of control frames and escapes in the native buffer, which the application did not send. */
  #controlBytes = 0;

  constructor(webSocket: WebSocketClass, url: string, owner: TransportOwner) {
    this.#class = webSocket;
    this.#url = url;
    this.#owner = owner;
  }

  get writable(): boolean {
    return this.#open && (this.#socket?.bufferedAmount ?? 0) < HIGH_WATER;
  }

  get buffered(): number {
    return Math.max(0, (this.#socket?.bufferedAmount ?? 0) - this.#controlBytes);
  }

  attach(frame: AttachFrame): void {
    this.#attachedFrom = frame.received === 'new' ? 0 : frame.received;
    if (this.#socket) {
      this.#open = false;
      this.#control(formatAttach({ ...frame, protocols: [] }));
      return;
    }
    try {
      const socket = new this.#class(this.#url, offerAttach(frame));
      this.#socket = socket;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        if (socket.protocol !== SUBPROTOCOL) this.#refuse();
      };
      socket.onmessage = ({ data }: { data: unknown }) => {
        this.#receive(data);
      };
      socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
        this.#lose(`closed with ${code} ${reason}`);
      };
      // WebKitGTK 2.50 fires no close after the error that a blocked port gives; WPE 2.38 crashes if it is closed then.
      socket.onerror = () => {
        this.#socket = undefined;
        this.#lose('the connection failed');
      };
    } catch (error) {
      this.#lose(String(error));
    }
  }

  send(frame: SessionFrame): void {
    if (frame.type !== 'data') this.#control(formatCommon(frame));
    else {
      const { data } = frame;
      const message = typeof data === 'string' ? escapeText(data) : data;
      this.#write(message);
      this.#controlBytes += message.length - data.length;
    }
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#open = false;
    // The native class delivers what it was given before its own close frame.
    this.#socket?.close();
  }

  #control(line: string): void {
    const message = escapeControl(line);
    this.#write(message);
    this.#controlBytes += utf8Length(message);
  }

  #write(data: string | Uint8Array): void {
    if (!this.#socket?.bufferedAmount) this.#controlBytes = 0;
    try {
      this.#socket?.send(data as never);
    } catch (error) {
      this.#lose(String(error));
    }
  }

  #receive(data: unknown): void {
    this.#owner?.heard(typeof data === 'string' ? data.length : (data as ArrayBuffer).byteLength);
    if (typeof data !== 'string') {
      this.#message(new Uint8Array(data as ArrayBuffer), true);
      return;
    }
    const message = unescapeText(data);
    if ('text' in message) this.#message(message.text, false);
    else this.#obey(message.control);
  }

  #message(data: string | Uint8Array, binary: boolean): void {
    // Some servers choose whatever subprotocol comes first; what they say then gives them away.
    if (!this.#isHoldfast) this.#refuse();
    else if (this.#open) this.#owner?.frame({ type: 'data', seq: ++this.#received, data, binary });
  }

  #obey(line: string): void {
    const frame = parseAnswer(line);
    if (!frame) {
      this.#lose('malformed control frame');
      return;
    }
    this.#isHoldfast = true;
    switch (frame.type) {
      case 'unknown':
      case 'batch':
      case 'probe':
      case 'stream':
      case 'ended':
      case 'from':
        return;
      case 'close':
        if (this.#open) this.#owner?.frame({ ...frame, seq: ++this.#received });
        return;
      case 'welcome':
        this.#received = this.#attachedFrom;
        this.#open = true;
        break;
      case 'superseded':
      case 'gone':
        this.#open = false;
        break;
      default:
    }
    this.#owner?.frame(frame);
  }

  #refuse(): void {
    this.#lose(FOREIGN, 'not-holdfast');
  }

  #lose(reason: string, verdict?: 'not-holdfast'): void {
    const owner = this.#owner;
    this.terminate();
    owner?.lost({ reason, verdict });
  }
}

/** Where HTTP may be used as well, WebSockets are used sparingly. */
export const openWebSocket: OpenWebSocket = (env, { link }, url, owner) => {
  const sparing = link.kinds.length > 1 ? env.sparing : undefined;
  return new WebSocketTransport(sparing ?? (env.WebSocket as WebSocketClass), url, owner);
};
