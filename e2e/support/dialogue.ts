/** A conversation between a page and the server, and what a test does to it on the way. */

import type { HoldfastServerSocket } from '@holdfast/server';
import type { FaultProxy } from '@holdfast/fault-proxy';
import { Conversation, type Terms } from '../page/conversation.js';
import type { RemotePeer } from './remote-peer.ts';
import type { AppServer } from './server.ts';

export interface Dialogue {
  readonly peer: RemotePeer;
  /** The server's end of the session, and of the conversation. */
  readonly socket: HoldfastServerSocket;
  readonly conversation: Conversation;
  /** At its end: 'complete', or what was wrong first, and at which end. */
  verdict(): Promise<string>;
  /** Resolves when the server has heard so many messages more. */
  goesOn(count: number): Promise<void>;
  /** Lets an open conversation end, where both ends just are. */
  finish(): Promise<void>;
}

/** Begins a conversation on the session that `opening` opens. */
export async function startDialogue(
  server: AppServer,
  opening: () => Promise<RemotePeer>,
  terms: Terms,
): Promise<Dialogue> {
  const begun = new Promise<Conversation>((resolve) => {
    server.app = (socket) => {
      const conversation = new Conversation((message) => socket.send(message), terms);
      socket.on('message', (data, isBinary) => conversation.hear(isBinary ? data : String(data)));
      resolve(conversation);
      conversation.begin();
    };
  });
  const peer = await opening();
  await peer.converse(terms);
  const conversation = await begun;
  return {
    peer,
    socket: server.sockets.at(-1)!,
    conversation,
    verdict: async () => {
      const atPage = peer.conversed().then((verdict) => ({ end: 'page', verdict }));
      const atServer = conversation.done.then((verdict) => ({ end: 'server', verdict }));
      const isWrong = ({ verdict }: { verdict: string }): boolean => verdict !== 'complete';
      // An end that has heard something wrong stops, and the other would wait for it for ever.
      const first = await Promise.race([atPage, atServer]);
      const wrong = isWrong(first) ? first : (await Promise.all([atPage, atServer])).find(isWrong);
      return wrong ? `at the ${wrong.end}: ${wrong.verdict}` : 'complete';
    },
    goesOn: (count) =>
      new Promise((resolve) => {
        const goal = conversation.received + count;
        conversation.onHeard = (number) => {
          if (number >= goal) resolve();
        };
      }),
    finish: async () => {
      conversation.expect(await peer.stopConversing(conversation.stop()));
    },
  };
}

/** When `cutNowAndThen` cuts. */
export interface Cuts {
  readonly seed: number;
  /** How many moments are chosen. */
  readonly count: number;
  /** Among so many messages. */
  readonly among: number;
}

/**
 * Cuts all connections at moments that a seed chooses: when the server has heard that many messages, and one time in four
 * also just when a transport was attached. Gives the count so far.
 */
export function cutNowAndThen(
  { socket, conversation }: Dialogue,
  faultProxy: FaultProxy,
  { seed, count, among }: Cuts,
): () => number {
  const random = seededRandom(seed);
  const moments = new Set(Array.from({ length: count }, () => Math.ceil(random() * among)));
  let cuts = 0;
  const cut = (): void => {
    cuts++;
    faultProxy.cut();
  };
  conversation.onHeard = (number) => {
    if (moments.delete(number)) cut();
  };
  socket.on('transport', (transport) => {
    if (transport && random() < 0.25) cut();
  });
  return () => cuts;
}

/** From 0 to 1, repeated by the seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
