/**
 * The client of the model's traces, played by the real `Session`: what `step` decides is in the model already (`model-step.ts`);
 * here it is what follows for numbers. Each method gives what differs from the trace, in words, or undefined.
 */
import { ACK_DELAY, Session, UNBOUNDED, type SessionFrame } from '@holdfast/protocol';
import { sessionId } from './model-server.ts';
import { parseUpwards, receivedOf } from './model-trace.ts';

const differs = (what: string, real: unknown, model: unknown): string | undefined =>
  real === model ? undefined : `${what} is ${String(real)}, in the model ${String(model)}`;

export class ClientReplay {
  readonly #session = new Session(sessionId(1), {
    maxBuffered: UNBOUNDED,
    receiveWindow: Infinity,
    ackDelay: ACK_DELAY,
  });
  #isNew = true;
  #said = 0;
  #current: { readonly slot: number; readonly batches: boolean } | undefined;
  #kinds = new Map<number, string>();
  /** What each transport's last attach said that was received. */
  readonly #told = new Map<number, number>();
  /** What each transport was given, by its content. */
  readonly #given = new Map<number, Set<number>>();

  /** The application sends its next message; the last one of a run that closes stands for the close. */
  send(): void {
    const content = { data: String(++this.#said), binary: false };
    this.#session.outbox.push({ content, size: 1, expiresAt: Infinity });
    this.#pump();
  }

  /** What reaches the server was given to that transport. */
  check(words: readonly string[]): string | undefined {
    const { slot, type, content, count } = parseUpwards(words);
    if (slot > 2 || (type !== 'DATA' && type !== 'SEND')) return undefined;
    for (let i = content; i < content + count; i++) {
      if (!this.#given.get(slot)?.has(i)) return `message ${i} was never given to transport ${slot}`;
    }
    return undefined;
  }

  /** One line of what follows from an event, on the client. `event` is that event. */
  follow(line: readonly string[], event: readonly string[]): string | undefined {
    const [word, first, , third] = line;
    const slot = Number(first);
    const { outbox } = this.#session;
    switch (word) {
      case 'dial':
        return this.#dial(line);
      case 'attach':
        if (this.#current?.slot === slot) this.#current = undefined;
        return this.#claims(slot, Number(third), line[5]);
      case 'drop':
        if (this.#current?.slot === slot) this.#current = undefined;
        return undefined;
      case 'acknowledged': {
        const isKnown =
          event[2] === 'WELCOME'
            ? this.#session.resume(Number(event[3]), this.#told.get(Number(event[1])) ?? 0)
            : this.#session.acknowledge(Number(event[3]), 0);
        return (
          differs('whether the acknowledgement is possible', isKnown, true) ??
          differs('what is acknowledged', outbox.acknowledged, slot)
        );
      }
      case 'adopt':
        this.#current = { slot, batches: this.#kinds.get(slot) === 'HTTP' };
        this.#isNew = false;
        this.#pump();
        return undefined;
      case 'receive':
        return differs(`message ${String(first)}`, this.#session.arrive(slot, 1, 0), 'new');
      case 'duplicate':
        return differs(`message ${String(first)}`, this.#session.arrive(slot, 1, 0), 'duplicate');
      case 'renew':
        this.#session.renew(sessionId(slot), true);
        this.#isNew = true;
        this.#current = undefined;
        return differs('what is left to send', outbox.length, Number(third));
      default:
        return undefined;
    }
  }

  #dial([, first, kind, , attempt, , received, , number, count]: readonly string[]): string | undefined {
    const slot = Number(first);
    const given = new Set<number>();
    this.#given.set(slot, given);
    this.#kinds.set(slot, String(kind));
    const { outbox } = this.#session;
    if (kind === 'HTTP' && !this.#current) {
      outbox.rewind(outbox.acknowledged);
      this.#give(slot, true);
    }
    return (
      differs('what rides along', given.size, Number(count)) ??
      (Number(count) > 0 ? differs('the first of it', outbox.acknowledged + 1, Number(number)) : undefined) ??
      this.#claims(slot, Number(attempt), received)
    );
  }

  #claims(slot: number, attempt: number, received: string | undefined): string | undefined {
    this.#told.set(slot, this.#session.received);
    if (attempt > 0) this.#session.attempt++;
    const says = this.#isNew ? 'new' : this.#session.received;
    return (
      (attempt > 0 ? differs('the attempt', this.#session.attempt, attempt) : undefined) ??
      differs('what the attach says', says, receivedOf(received))
    );
  }

  #pump(): void {
    if (this.#current) this.#give(this.#current.slot, this.#current.batches);
  }

  #give(slot: number, batches: boolean): void {
    const send = (frame: SessionFrame): void => {
      if (frame.type === 'data') this.#given.get(slot)?.add(Number(frame.data));
    };
    this.#session.pump({ writable: true, batches, send }, 0);
  }
}
