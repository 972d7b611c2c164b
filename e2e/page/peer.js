/** A socket in the page, with all that has happened to it, so that a test can ask for what it came too late to see. */

import { Conversation } from './conversation.js';
import { Metronome } from './metronome.js';

/**
 * @typedef {import('@holdfast/client').HoldfastOptions & { protocols?: string | string[], binaryType?: BinaryType, counts?: boolean }} PeerOptions
 * @typedef {import('@holdfast/client').TransportName} TransportName
 * @typedef {{ code: number, reason: string, wasClean: boolean }} Goodbye
 */

export class Peer {
  /** The types of the events so far, those of messages apart. @type {string[]} */
  events = [];

  /** Each change of transport, and when it happened, in ms. @type {{ transport: TransportName | undefined, at: number }[]} */
  changes = [];

  /** Milliseconds from the constructor to `open`. @type {Promise<number>} */
  opened;

  /** @type {Promise<Goodbye>} */
  closed;

  /** Of each `sessionlost`. @type {{ unacknowledged: number }[]} */
  losses = [];

  socket;

  /** With the option `counts`, how many requests it has made, WebSockets included. */
  requests = 0;

  /** Messages that nobody has asked for yet. @type {unknown[]} */
  #inbox = [];

  /** Those who ask for messages that have not come yet. @type {((data: any) => void)[]} */
  #readers = [];

  /** @type {(data: any) => void} */
  #take = (data) => {
    const reader = this.#readers.shift();
    if (reader) reader(data);
    else this.#inbox.push(data);
  };

  /**
   * @param {string} url
   * @param {PeerOptions} options
   */
  constructor(url, { protocols = [], binaryType = 'arraybuffer', counts = false, ...options } = {}) {
    const bornAt = performance.now();
    const socket = new Holdfast.HoldfastSocket(url, protocols, {
      ...options,
      ...(counts && this.#counting()),
    });
    socket.binaryType = binaryType;
    this.socket = socket;
    this.opened = new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(performance.now() - bornAt));
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason, wasClean }) => resolve({ code, reason, wasClean }));
    });
    for (const type of /** @type {const} */ (['open', 'error', 'close', 'sessionlost', 'drop'])) {
      socket.addEventListener(type, () => this.events.push(type));
    }
    socket.addEventListener('statechange', ({ state }) => this.events.push(`state ${state.name}`));
    socket.addEventListener('transportchange', ({ transport }) => {
      this.changes.push({ transport, at: performance.now() });
    });
    socket.addEventListener('sessionlost', ({ unacknowledged }) => this.losses.push({ unacknowledged }));
    socket.addEventListener('message', ({ data }) => this.#take(data));
  }

  /** The platform's, counted. @returns {Pick<PeerOptions, 'fetch' | 'WebSocket'>} */
  #counting() {
    const count = () => this.requests++;
    return {
      fetch: (...args) => {
        count();
        return fetch(...args);
      },
      WebSocket: /** @type {PeerOptions['WebSocket'] & {}} */ (
        class extends WebSocket {
          /** @param {string} address @param {string | string[]} [protocols] */
          constructor(address, protocols) {
            count();
            super(address, protocols);
          }
        }
      ),
    };
  }

  /** The next message. @returns {Promise<any>} */
  next() {
    return new Promise((resolve) => {
      if (this.#inbox.length > 0) resolve(this.#inbox.shift());
      else this.#readers.push(resolve);
    });
  }

  /**
   * Sends, and gives the next message.
   *
   * @param {import('@holdfast/client').SendData} data
   */
  echo(data) {
    this.socket.send(data);
    return this.next();
  }

  /**
   * Resolves as soon as a check gives something true, now or after one of the socket's events.
   *
   * @template T
   * @param {() => T} check
   * @returns {Promise<T>}
   */
  until(check) {
    const types = [
      'open',
      'message',
      'error',
      'close',
      'statechange',
      'transportchange',
      'sessionlost',
      'drop',
    ];
    return new Promise((resolve) => {
      const look = () => {
        const found = check();
        if (!found) return;
        for (const type of types) this.socket.removeEventListener(type, look);
        resolve(found);
      };
      for (const type of types) this.socket.addEventListener(type, look);
      look();
    });
  }

  /**
   * Takes up a conversation; what arrives is heard by it alone from now on.
   *
   * @param {import('./conversation.js').Terms} terms
   */
  converse(terms) {
    const conversation = new Conversation((message) => this.socket.send(message), terms);
    this.#take = (data) => conversation.hear(typeof data === 'string' ? data : new Uint8Array(data));
    for (const data of this.#inbox.splice(0)) this.#take(data);
    conversation.begin();
    return (this.conversation = conversation);
  }

  /** @type {Conversation | undefined} */
  conversation;

  /**
   * Takes up a measurement; what arrives is heard by it alone from now on.
   *
   * @param {import('./metronome.js').Pace} pace
   */
  measure(pace) {
    const metronome = new Metronome((message) => this.socket.send(message), pace);
    this.#take = (data) => metronome.hear(data);
    for (const data of this.#inbox.splice(0)) this.#take(data);
    metronome.begin();
    return (this.metronome = metronome);
  }

  /** @type {Metronome | undefined} */
  metronome;
}
