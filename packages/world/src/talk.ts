/** The two applications of a storm: they talk through the world's sockets, and keep books of it. */
import type { HoldfastSocket } from '@holdfast/client';
import { behind } from './behind.ts';
import { Books } from './books.ts';
import type { Promised } from './plan.ts';
import type { World } from './world.ts';

export class Talk {
  readonly books: Books;
  readonly world: World;
  readonly socket: HoldfastSocket;
  /** A broken promise: listeners must not throw, so it waits for {@link check}. */
  mishap: Error | undefined;
  /** What the sockets told of their ends. */
  readonly closed: { client?: { code: number; wasClean: boolean }; server?: number } = {};
  opened = 0;
  readonly #note: (line: string) => void;
  /** Numbers that the page's session gave to messages before: how many, by the books. */
  #base = 0;
  /** Losses that the page must be told of, each with its count. */
  readonly #losses: number[] = [];
  readonly #promised: Promised;

  constructor(world: World, socket: HoldfastSocket, promised: Promised, note: (line: string) => void) {
    this.world = world;
    this.socket = socket;
    this.books = new Books(promised);
    this.#promised = promised;
    this.#note = note;
    world.onConnection = (peer) => {
      const session = world.accepted.indexOf(peer);
      note(`the server's session ${session} begins`);
      peer.on('message', (data) => {
        this.watch(() => {
          this.books.takeUp(session, behind(peer).id, String(data));
        });
      });
      peer.on('close', (code) => {
        note(`the server's session ${session} closed with ${code}`);
        if (session === world.accepted.length - 1) this.closed.server = code;
      });
    };
    this.#listen();
  }

  /** A step of the client's is about to be carried out: what a lost session takes along is known only now. */
  losing(acknowledged: number, unacknowledged: number, welcomed: boolean): void {
    const kept = this.#promised === 'discard' ? unacknowledged : 0;
    this.#base += acknowledged + kept;
    if (welcomed) this.#losses.push(unacknowledged);
  }

  /** The client's session has this id now. */
  begins(id: string): void {
    this.books.begins(id, this.#base);
  }

  /** The page sends a message, unless it sleeps. */
  sendUp(size?: number): void {
    if (!this.world.machine.isAwake || this.socket.readyState > 1) return;
    const text = this.books.up(size);
    this.books.sentUp++;
    try {
      this.socket.send(text);
    } catch (error) {
      if ((error as Error).name !== 'QuotaExceededError') throw error;
      this.books.sentUp--;
    }
  }

  /** The server's application sends one to each session that it has. */
  sendDown(size?: number): void {
    for (const [session, peer] of this.world.accepted.entries()) {
      if (peer.readyState === 1 && this.world.isHere(peer)) peer.send(this.books.down(session, size));
    }
  }

  /** Throws what went wrong. */
  check(): void {
    if (this.mishap) throw this.mishap;
  }

  /** Runs a listener's part, keeping what it throws. */
  watch(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.mishap ??= error as Error;
      this.#note(`!! ${String(error)}`);
    }
  }

  #listen(): void {
    const { socket, books } = this;
    const note = this.#note;
    socket.onmessage = ({ data }) => {
      this.watch(() => {
        books.takeDown(data as string);
      });
    };
    socket.addEventListener('open', () => {
      this.opened++;
      note('open');
    });
    socket.addEventListener('transportchange', ({ transport }) => {
      note(`over ${transport ?? 'nothing'}`);
    });
    socket.addEventListener('drop', ({ count }) => {
      books.droppedUp += count;
    });
    socket.addEventListener('sessionlost', ({ unacknowledged, resent }) => {
      note(`session lost, ${unacknowledged} unacknowledged`);
      this.watch(() => {
        const expected = this.#losses.shift();
        if (this.#promised !== 'resend' && this.#promised !== 'discard')
          throw new Error('the session was lost');
        if (unacknowledged !== expected)
          throw new Error(`${expected} unacknowledged, but it says ${unacknowledged}`);
        if (resent !== (this.#promised === 'resend')) throw new Error('resent is not what was asked for');
      });
    });
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      note(`closed with ${code} ${reason}`);
      this.closed.client = { code, wasClean };
    });
  }
}
