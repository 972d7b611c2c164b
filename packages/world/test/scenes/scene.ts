/** How a scene begins: a world, a page's socket in it, two who talk over it, and a log of what the page is told. */
import type { HoldfastOptions, HoldfastSocket } from '@holdfast/client';
import type { HoldfastServerOptions } from '@holdfast/server';
import { Conversation, World, type Weather } from '../../src/index.ts';

export interface Beginning {
  readonly world: World;
  readonly socket: HoldfastSocket;
  readonly talk: Conversation;
  /** The page's events in their order; a change of transport by the transport's name, or `none`. */
  readonly log: string[];
}

export function start(
  options: HoldfastOptions = {},
  weather: Partial<Weather> = {},
  server: HoldfastServerOptions = {},
): Beginning {
  const world = new World(1, server);
  world.weather = weather;
  const socket = world.client(options);
  const talk = new Conversation(world, socket);
  const log: string[] = [];
  for (const type of ['open', 'error', 'close', 'sessionlost'] as const)
    socket.addEventListener(type, () => log.push(type));
  socket.addEventListener('transportchange', ({ transport }) => log.push(transport ?? 'none'));
  return { world, socket, talk, log };
}

/** All that sessions which begin from now on receive, instead of a conversation. */
export function listen(world: World): string[] {
  const received: string[] = [];
  world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
  return received;
}
