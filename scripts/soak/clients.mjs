/** The clients' process: talkers that stay for the whole soak, and in each period all kinds of others that come and go. */

import './timers.mjs';
import { HoldfastSocket } from '@holdfast/client';
import { WebSocket } from 'ws';
import { Book, message, numberOf } from './books.mjs';
import { sample, serveParent } from './child.mjs';
import { abandon } from './abandoned.mjs';
import { flood } from './floods.mjs';
import { beHostile } from './hostile.mjs';
import { lossOf, passed, PATIENCE, TALK_INTERVAL, TALKERS, transportsOf } from './plan.mjs';
import { readSlowly } from './slow.mjs';

/** Groups of talkers that speak at the same time, so that not all do. */
const GROUPS = 10;

class Talker {
  sent = 0;
  life = 0;
  /** What it had sent when this life of the server began. */
  #before = 0;
  book;
  #index;
  #socket;
  /** Messages that came back other than they went, and what a talker should never see. */
  faults = /** @type {string[]} */ ([]);
  isClosed = false;

  /** @param {number} index @param {string} url */
  constructor(index, url) {
    this.#index = index;
    this.book = new Book(index);
    const transports = transportsOf(index);
    const socket = new HoldfastSocket(url, [`talk.${index}`], {
      WebSocket,
      reconnect: { minDelay: 100, maxDelay: 1000 },
      sessionLost: lossOf(index),
      ...(transports && { transports }),
    });
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#take(typeof data === 'string' ? data : Buffer.from(data));
    socket.onclose = ({ code, reason }) => {
      this.isClosed = true;
      if (code !== 1000) this.faults.push(`talker ${index} closed with ${code} ${reason}`);
    };
    this.#socket = socket;
  }

  speak() {
    this.#socket.send(message(this.#index, ++this.sent));
  }

  /** Whether it has heard back something that it said in a life of the server. @param {number} life */
  isBack(life) {
    return this.life === life && this.#socket.transport !== undefined && this.book.last > this.#before;
  }

  /** Whether it has heard back all. */
  get isQuiet() {
    return this.#socket.transport !== undefined && this.book.last === this.sent;
  }

  get transport() {
    return this.#socket.transport ?? 'away';
  }

  close() {
    this.#socket.close(1000);
  }

  /** @param {string | Buffer} data */
  #take(data) {
    if (typeof data === 'string' && data.startsWith('life ')) {
      this.life = Number(data.slice('life '.length));
      this.#before = this.sent;
      return;
    }
    const n = numberOf(data);
    this.book.take(n, this.life);
    const sent = message(this.#index, n);
    const isSame = typeof data === 'string' ? data === sent : typeof sent !== 'string' && data.equals(sent);
    if (!isSame) this.faults.push(`talker ${this.#index}: ${n} came back other than it went`);
  }
}

/** @type {Talker[]} */
const talkers = [];
/** @type {NodeJS.Timeout | undefined} */
let talking;
/** What went wrong with those that come and go. */
const faults = /** @type {string[]} */ ([]);
process.on('unhandledRejection', (error) => faults.push(`unhandled: ${String(error)}`));

/** Waits, no longer than patience lasts; says whether it was worth it. @param {() => boolean} isTrue */
async function until(isTrue) {
  for (const end = performance.now() + PATIENCE; performance.now() < end; await passed(50))
    if (isTrue()) return true;
  return false;
}

serveParent({
  /** @param {import('./plan.mjs').Where} where */
  start({ urls }) {
    for (let i = 0; i < TALKERS; i++) talkers.push(new Talker(i, urls[i % urls.length] ?? ''));
  },
  talk() {
    let turn = 0;
    talking = setInterval(() => {
      turn++;
      for (let i = turn % GROUPS; i < talkers.length; i += GROUPS) talkers[i]?.speak();
    }, TALK_INTERVAL / GROUPS);
  },
  /** The server lives again, for all: those included that had not noticed its death. @param {number} life */
  back: (life) => until(() => talkers.every((talker) => talker.isBack(life))),
  /** All is said, and has come back. */
  hush: () => {
    clearInterval(talking);
    return until(() => talkers.every(({ isQuiet }) => isQuiet));
  },
  /** @param {import('./plan.mjs').Where} where */
  async readSlowly(where) {
    faults.push(...(await readSlowly(where)));
  },
  /** @param {import('./plan.mjs').Where} where */
  async flood(where) {
    faults.push(...(await flood(where)));
  },
  /** @param {import('./plan.mjs').Where} where */
  abandon: (where) => abandon(where),
  /** @param {import('./plan.mjs').Where} where */
  beHostile: (where) => beHostile(where),
  sample: () => ({
    ...sample(),
    sent: talkers.reduce((sum, { sent }) => sum + sent, 0),
    received: talkers.reduce((sum, { book }) => sum + book.last, 0),
    away: talkers.filter(({ transport }) => transport === 'away').length,
  }),
  books: () => ({
    errors: faults,
    books: talkers.map((each) => ({
      faults: [...each.book.faults, ...each.faults],
      seams: each.book.seams,
    })),
  }),
  /** Closes all, and gives how many did not. */
  async close() {
    for (const talker of talkers) talker.close();
    await until(() => talkers.every(({ isClosed }) => isClosed));
    return talkers.filter(({ isClosed }) => !isClosed).length;
  },
});
