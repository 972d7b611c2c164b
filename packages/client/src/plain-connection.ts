/**
 * A connection to a WebSocket server that knows nothing of Holdfast: each link is a conversation of its own, and messages
 * travel as they are. A lost link is replaced; what was handed over and never answered for is counted (`plain-queue.ts`), so
 * that nothing is lost in silence.
 */
import { CloseCode } from '@holdfast/protocol';
import { alarm } from './alarm.ts';
import { verdict, type Verdict } from './diagnostics.ts';
import { lookUp } from './dialling.ts';
import { surfacing, type WebSocketClass, type WebSocketLike } from './environment.ts';
import { SLOW_BYTES_PER_MS } from './link.ts';
import {
  ABNORMAL,
  plainDeadline,
  waiting,
  type Ended,
  type PlainFacts,
  type PlainLink,
} from './plain-link.ts';
import { PlainQueue } from './plain-queue.ts';
import { SocketConnection } from './socket-connection.ts';
import type { TransportName } from './transport.ts';
import {
  CONNECT_TIMEOUT,
  OFFLINE_DELAY,
  patience,
  PROBE_TIMEOUT,
  STABLE_AFTER,
  WAKE_TIMEOUT,
  YOUNG,
} from './turn.ts';
import { isAsked } from './url.ts';

/** What left so many ms before anything came is taken as arrived, if the server is never asked. */
const ROUND_TRIP = 1000;
const UNBOUNDED = { maxMessages: Infinity, maxBytes: Infinity };

export class PlainConnection extends SocketConnection {
  readonly outbox = new PlainQueue(this.options.queue ?? UNBOUNDED);
  link: PlainLink = { name: 'waiting', retryAt: Infinity };
  latency: number | undefined;
  readonly #plain = this.options.plain ?? {};
  readonly #retryDelay = this.options.link.retryDelay;
  /** The WebSocket that is open, or on its way. */
  #socket: WebSocketLike | undefined;
  /** Rounds of connecting since the last link that lived. */
  #rounds = 0;
  #heardAt = 0;
  #heardBytes = 0;
  readonly #wakeAt = alarm(this.env, () => {
    if (this.now() >= this.#dueAt) this.#tick();
    this.#arm();
  });
  readonly #unlisten = this.env.page.listen({
    wake: () => {
      this.owner.diagnosed(verdict('page-back'));
      this.#wake();
    },
    sleep: () => {
      this.#to(this.#retryDelay && waiting(Infinity), verdict('page-away'));
    },
    end: () => {
      // The browser tells the server (1001), which no page can; here nobody is left to be told.
      this.#socket = undefined;
      this.#over();
    },
  });

  get transport(): TransportName | undefined {
    return this.#isOpen ? 'websocket' : undefined;
  }

  get buffered(): number {
    return this.outbox.bytes;
  }

  start(): void {
    this.#to(this.#connecting());
  }

  pump(): void {
    this.expire();
    if (this.#isOpen) this.outbox.hand(this.now());
    this.#arm();
  }

  reconnect(): void {
    if (this.link.name !== 'waiting') this.#lost('reconnect was called');
    this.#wake();
  }

  fail(code: number = CloseCode.abnormal, reason = ''): void {
    if (this.phase.name !== 'closed') this.#to(undefined, undefined, { code, reason, wasClean: false });
  }

  get #isOpen(): boolean {
    return this.link.name === 'open';
  }

  get #dueAt(): number {
    const { phase } = this;
    return phase.name === 'closing' ? phase.deadline : plainDeadline(this.link, this.#facts, this.#plain);
  }

  get #facts(): PlainFacts {
    const { owedSince, owedBytes } = this.outbox;
    const owedTime = owedBytes / SLOW_BYTES_PER_MS;
    return { heardAt: this.#heardAt, heardBytes: this.#heardBytes, owedSince, owedTime };
  }

  #arm(): void {
    this.#wakeAt(this.#dueAt);
  }

  #tick(): void {
    const { link, phase } = this;
    if (phase.name === 'closing') this.fail();
    else if (link.name === 'connecting') this.#to(this.#next(), verdict('unreachable'));
    else if (link.name !== 'open') this.#wake();
    else if (link.asked) {
      const why = link.provenAt === undefined ? 'websocket-mute' : 'link-dead';
      this.#to(this.#next(), verdict(why, 'websocket'));
    } else {
      this.owner.diagnosed(verdict('link-silent', 'websocket'));
      this.#ask();
    }
  }

  /** The page or its network came back, or it is time. */
  #wake(): void {
    if (this.link.name === 'waiting') this.#to(this.#connecting());
    else this.#ask(WAKE_TIMEOUT);
  }

  #connecting(): PlainLink {
    // What cannot get through counts for nothing.
    this.#rounds += Number(this.env.page.online());
    return { name: 'connecting', deadline: this.now() + CONNECT_TIMEOUT };
  }

  /** How long this link lived, in ms; -1 if it never did. */
  get #age(): number {
    return this.link.name === 'open' ? this.now() - this.link.since : -1;
  }

  /** What follows this link, or this try; undefined if that was all. */
  #next(): PlainLink | undefined {
    if (!this.#retryDelay) return undefined;
    const isOnline = this.env.page.online();
    if (this.#age >= STABLE_AFTER) this.#rounds = 0;
    if (this.#isOpen && isOnline && this.#rounds === 0) return this.#connecting();
    const delay = isOnline ? this.#retryDelay(this.#rounds) : OFFLINE_DELAY;
    return delay === undefined ? delay : waiting(this.now() + delay);
  }

  /**
   * Lets go of the WebSocket, if there is one, and goes on, or ends. That is told, and carried out if the application has not
   * changed it then.
   */
  #to(next: PlainLink | undefined, why?: Verdict, { code, reason, wasClean } = ABNORMAL): void {
    const goesOn = next && this.phase.name !== 'closing';
    const isEnd = !goesOn || this.#isOpen;
    const socket = this.#socket;
    this.outbox.end();
    this.#socket = undefined;
    socket?.close();
    if (goesOn) {
      this.phase = { name: 'opening' };
      this.link = next;
    } else this.#over();
    if (why) this.owner.diagnosed(why);
    if (isEnd) this.owner.closed(code, reason, !wasClean);
    else this.owner.changed();
    if (this.link === next && next.name === 'connecting') this.#dial();
    this.#arm();
  }

  #over(): void {
    this.#unlisten();
    this.phase = this.link = { name: 'closed' };
    this.#arm();
  }

  #dial(): void {
    const { link } = this;
    const seeker = {
      isGone: false,
      lost: ({ reason = '' }) => {
        if (this.link === link) this.#lost(reason);
      },
    };
    lookUp(seeker, this.address, (url) => {
      lookUp(seeker, this.options.auth, () => {
        if (this.link !== link) return;
        try {
          this.#listen(new (this.env.WebSocket as WebSocketClass)(url, [...this.protocols]));
        } catch (error) {
          this.#lost(String(error));
        }
      });
    });
  }

  #listen(socket: WebSocketLike): void {
    const heed =
      <E>(act: (event: E) => void) =>
      (event: E): void => {
        if (this.#socket === socket) act(event);
      };
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = heed(() => {
      this.#opened(socket);
    });
    socket.onmessage = heed(({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#heard(data);
    });
    socket.onclose = heed((ended: Ended) => {
      this.#closed(ended);
    });
    socket.onerror = heed(() => {
      // WebKitGTK 2.50 fires no close after the error that a blocked port gives; WPE 2.38 crashes if it is closed then.
      if (this.#isOpen) return;
      this.#socket = undefined;
      this.#closed(ABNORMAL);
    });
  }

  #opened(socket: WebSocketLike): void {
    const isOpening = (): boolean => this.phase.name === 'opening' && this.#socket === socket;
    if (!isOpening()) return;
    if (!isAsked(socket.protocol, this.protocols)) {
      this.fail();
      return;
    }
    const doubts = this.outbox.begin(socket, this.options.resend);
    if (doubts > 0) this.owner.sessionLost(doubts);
    if (!isOpening()) return;
    this.#heardAt = this.now();
    this.phase = { name: 'open' };
    this.link = { name: 'open', since: this.#heardAt };
    this.owner.opened(socket.protocol);
    this.owner.changed();
    this.pump();
    this.#ask();
  }

  #heard(data: string | ArrayBuffer): void {
    const { ping, isPong } = this.#plain;
    const binary = typeof data !== 'string';
    const now = this.now();
    this.#heardAt = now;
    this.#heardBytes += binary ? data.byteLength : data.length;
    const answers = !isPong || surfacing(() => isPong(data));
    const { link } = this;
    if (ping === undefined) this.outbox.hear(now - ROUND_TRIP);
    else if (answers && link.name === 'open' && link.asked) {
      this.latency = now - link.asked.at;
      this.link = { ...link, provenAt: now, asked: undefined };
      this.outbox.answer();
      this.#arm();
    }
    if (!isPong || !answers)
      this.owner.message(binary ? { data: new Uint8Array(data), binary } : { data, binary });
  }

  #closed(ended: Ended): void {
    const { code, reason, wasClean } = ended;
    this.outbox.takeBack();
    const isLast = code === CloseCode.normal || this.phase.name === 'closing' || !this.#retryDelay;
    if (wasClean && isLast) this.#to(undefined, undefined, ended);
    else this.#lost(`closed with ${code} ${reason}`, ended);
  }

  #lost(detail: string, ended = ABNORMAL): void {
    const age = this.#age;
    const why = age < 0 ? 'websocket-failed' : age < YOUNG ? 'websocket-died-young' : 'link-lost';
    this.#to(this.#next(), verdict(why, 'websocket', detail), ended);
  }

  /** Asks the server for a sign of life, if it can be asked. */
  #ask(least = PROBE_TIMEOUT): void {
    const { link } = this;
    const { ping } = this.#plain;
    if (ping === undefined || this.phase.name !== 'open' || link.name !== 'open' || link.asked) return;
    const at = this.now();
    // The first answer may take as long as connecting.
    const deadline = at + patience(this.latency ?? CONNECT_TIMEOUT, least) + this.#facts.owedTime;
    this.link = { ...link, asked: { at, heardBytes: this.#heardBytes, deadline } };
    this.outbox.ask(typeof ping === 'function' ? surfacing(ping) : ping);
    this.#arm();
  }
}
