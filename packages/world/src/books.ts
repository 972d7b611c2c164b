/**
 * The books of a storm: numbered messages each way, and what is promised of them, checked at each arrival. Numbers go on
 * over lost sessions upwards; downwards each session of the server has its own.
 */
import type { Promised } from './plan.ts';

/** The text of a message: its number, and some padding whose length it tells. */
function textOf(number: number, size = (number * 7919) % 97): string {
  return `${number} ${size} ${'x'.repeat(size)}`;
}

/** The number of a message; throws if it is not as it was sent. */
function numberOf(text: string): number {
  const [number = '', size, padding = ''] = text.split(' ');
  if (padding.length !== Number(size)) throw new Error(`message ${number} is damaged`);
  return Number(number);
}

interface Received {
  /** The number of the last message. */
  last: number;
}

export class Books {
  readonly #promised: Promised;
  /** Messages that the page's socket took. */
  sentUp = 0;
  /** Of these, those that it said it dropped; */
  droppedUp = 0;
  /** and those that the server's application heard, each counted once. */
  heardUp = 0;
  /** The highest of them. */
  reached = 0;
  /** What a client's session begins behind, by its id. */
  readonly #bases = new Map<string, number>();
  #base = 0;
  /** What each session of a server's has heard. */
  readonly #up = new Map<number, Received>();
  /** Messages sent to each session of a server, in order, */
  readonly sentDown: number[] = [];
  /** and those that the page heard, of the session that it hears. */
  readonly heardDown = { session: 0, last: 0 };

  constructor(promised: Promised) {
    this.#promised = promised;
  }

  /** The next message upwards. It counts once it is accepted. */
  up(size?: number): string {
    return textOf(this.sentUp + 1, size);
  }

  /** The next message to a session of a server's. */
  down(session: number, size?: number): string {
    const number = (this.sentDown[session] ?? 0) + 1;
    this.sentDown[session] = number;
    return `${session} ${textOf(number, size)}`;
  }

  /** A session of the client's begins behind this message: its first one is the next. */
  begins(id: string, base: number): void {
    if (this.#bases.has(id)) return;
    this.#bases.set(id, base);
    this.#base = base;
  }

  /** The server's application hears a message, in a session of its that has this id. */
  takeUp(session: number, id: string, text: string): void {
    const number = numberOf(text);
    const known = this.#up.get(session);
    const before = known ?? { last: this.#bases.get(id) ?? 0 };
    if (this.#promised === 'bounds') {
      if (number <= before.last) throw new Error(`message ${number} arrived behind ${before.last}`);
    } else if (number !== before.last + 1) {
      throw new Error(
        `message ${number} arrived ${known ? 'behind' : 'in a new session behind'} ${before.last}`,
      );
    }
    if (number <= this.reached && this.#promised !== 'resend')
      throw new Error(`message ${number} arrived twice`);
    this.#up.set(session, { last: number });
    if (number > this.reached) {
      this.reached = number;
      this.heardUp++;
    }
  }

  /** The page hears a message. */
  takeDown(text: string): void {
    const heard = this.heardDown;
    const session = Number(text.slice(0, text.indexOf(' ')));
    const number = numberOf(text.slice(text.indexOf(' ') + 1));
    if (session < heard.session)
      throw new Error(`message ${number} of the earlier session ${session} arrived`);
    if (session > heard.session) this.heardDown.last = 0;
    if (number !== heard.last + 1)
      throw new Error(`message ${number} from the server's session ${session} arrived behind ${heard.last}`);
    heard.session = session;
    heard.last = number;
  }

  /** All that can arrive has arrived: what was sent last, and nothing is missing but what was said to be. */
  isSettled(session: number): boolean {
    const down = this.heardDown;
    if (this.sentDown[session] && (down.session !== session || down.last < this.sentDown[session]))
      return false;
    if (this.#promised === 'bounds') return this.heardUp + this.droppedUp === this.sentUp;
    return Math.max(this.reached, this.#base) === this.sentUp;
  }

  /** What is on its way, in words. */
  get open(): string {
    const { session, last } = this.heardDown;
    const down = `${last} of ${this.sentDown[session] ?? 0} from the server's session ${session}`;
    return `${this.heardUp} of ${this.sentUp} messages to the server (${this.droppedUp} dropped), ${down}`;
  }
}
