/** A `Peer` of the page, as a test holds it. */

import type { JSHandle } from '@playwright/test';
import type { Terms } from '../page/conversation.js';
import type { Goodbye, Peer, TransportName } from '../page/peer.js';

export class RemotePeer {
  /** For what has no method here. A page that comes back gives another one for the same peer. */
  handle: JSHandle<Peer>;

  constructor(handle: JSHandle<Peer>) {
    this.handle = handle;
  }

  /** Resolves when it has opened, with the milliseconds that this took. */
  opened(): Promise<number> {
    return this.handle.evaluate((peer) => peer.opened);
  }

  closed(): Promise<Goodbye> {
    return this.handle.evaluate((peer) => peer.closed);
  }

  send(text: string): Promise<void> {
    return this.handle.evaluate((peer, data) => peer.socket.send(data), text);
  }

  /** The next message, which must be a text. */
  next(): Promise<string> {
    return this.handle.evaluate((peer) => peer.next() as Promise<string>);
  }

  echo(text: string): Promise<string> {
    return this.handle.evaluate((peer, data) => peer.echo(data) as Promise<string>, text);
  }

  close(code?: number, reason?: string): Promise<void> {
    return this.handle.evaluate((peer, args) => peer.socket.close(...args), [code, reason] as const);
  }

  transport(): Promise<TransportName | undefined> {
    return this.handle.evaluate((peer) => peer.socket.transport);
  }

  /** Every transport that has carried it so far. */
  transports(): Promise<TransportName[]> {
    return this.handle.evaluate(({ changes }) => changes.flatMap(({ transport }) => transport ?? []));
  }

  events(): Promise<string[]> {
    return this.handle.evaluate((peer) => peer.events);
  }

  /** Resolves when one of these transports carries it. */
  carriedBy(...names: TransportName[]): Promise<TransportName> {
    return this.handle.evaluate(
      (peer, wanted) =>
        peer.until(() => wanted.find((name) => name === peer.socket.transport)) as Promise<TransportName>,
      names,
    );
  }

  /** Resolves when a transport has shown that both of its directions pass, which a measured round trip tells. */
  proven(): Promise<unknown> {
    return this.handle.evaluate((peer) =>
      peer.until(() => peer.socket.state.name === 'open' && peer.socket.latency !== undefined),
    );
  }

  /** Resolves when an event has happened so many times. */
  happened(event: string, times = 1): Promise<unknown> {
    return this.handle.evaluate(
      (peer, wanted) =>
        peer.until(() => peer.events.filter((each) => each === wanted.event).length >= wanted.times),
      { event, times },
    );
  }

  /** Takes up its end of a conversation. */
  converse(terms: Terms): Promise<void> {
    return this.handle.evaluate((peer, given) => void peer.converse(given), terms);
  }

  /** The verdict of its end. */
  conversed(): Promise<string> {
    return this.handle.evaluate((peer) => peer.conversation!.done);
  }

  /** Lets it say something, whether it is its turn or not. */
  insist(): Promise<void> {
    return this.handle.evaluate((peer) => peer.conversation!.insist());
  }

  /** Stops its end, tells it where the other one stopped, and gives where it did. */
  stopConversing(heardFrom: number): Promise<number> {
    return this.handle.evaluate((peer, count) => {
      const said = peer.conversation!.stop();
      peer.conversation!.expect(count);
      return said;
    }, heardFrom);
  }
}
