/**
 * The steady conversation between the page and its server, and the books on it. Three streams are counted: the page's
 * numbers, which the server books and answers; those answers; and the server's own numbers.
 *
 * When the server has lost the session, a new *run* begins and counts from 1. What comes later of an earlier run (its
 * messages are sent again, and may so arrive twice) is booked there, apart.
 */

import { Ledger } from './ledger.js';

/** `up`: the page's; `answer`: the server's to one of these; `down`: the server's own. */
/** @typedef {'up' | 'answer' | 'down'} MessageKind */

const sendInterval = 50;

/** Beyond this many messages without an answer, the page waits: a demo left alone overnight should not fill the memory. */
const maxUnanswered = 20_000;

export class Run {
  sent = 0;
  /** What the server has booked of the page's numbers. */
  up = new Ledger().figures;
  answers = new Ledger();
  down = new Ledger();
  /** Messages without an acknowledgement when the session was lost. */
  inDoubt = 0;
  /** The server's name for this session. @type {string | undefined} */
  from;

  /** @param {number} number */
  constructor(number) {
    this.number = number;
  }

  get unanswered() {
    return this.sent - (this.answers.highest - this.answers.lost);
  }
}

export class Conversation {
  #socket;
  #onMessage;
  /** When the messages of this run that wait for their answer were sent. @type {Map<number, number>} */
  #sentAt = new Map();

  /** The latest one last. */
  runs = [new Run(1)];

  /** How long the latest answer took, in ms: what the application feels, waiting in queues included. @type {number | undefined} */
  answerTime;

  /**
   * @param {import('@holdfast/client').HoldfastSocket} socket
   * @param {(kind: MessageKind) => void} onMessage
   */
  constructor(socket, onMessage) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener('sessionlost', ({ unacknowledged }) => this.#beginRun(unacknowledged));
    setInterval(() => this.#say(), sendInterval);
  }

  get run() {
    return /** @type {Run} */ (this.runs.at(-1));
  }

  #say() {
    const { run } = this;
    if (this.#socket.readyState !== this.#socket.OPEN || run.unanswered >= maxUnanswered) return;
    this.#sentAt.set(run.sent + 1, performance.now());
    this.#socket.send(JSON.stringify({ run: run.number, count: ++run.sent }));
    this.#onMessage('up');
  }

  /** @param {any} message */
  #take(message) {
    if ('answer' in message) {
      this.#onMessage('answer');
      const run = this.runs[message.run - 1];
      if (!run) return;
      run.answers.take(message.answer);
      if (run === this.run) this.#noteAnswer(message);
    } else {
      this.#onMessage('down');
      const run = this.runs.find(({ from }) => from === message.from) ?? this.run;
      run.from ??= message.from;
      run.down.take(message.count);
    }
  }

  /** @param {any} message */
  #noteAnswer({ answer, ledger }) {
    this.run.up = ledger;
    this.answerTime = performance.now() - (this.#sentAt.get(answer) ?? NaN);
    this.#sentAt.delete(answer);
  }

  /** @param {number} inDoubt */
  #beginRun(inDoubt) {
    this.run.inDoubt = inDoubt;
    this.#sentAt.clear();
    this.runs.push(new Run(this.runs.length + 1));
  }
}
