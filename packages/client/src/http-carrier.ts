/** HTTP as a carrier of sessions: all that comes with it meets here, and nothing else of the client imports it. */
import type { HttpCarrier } from './carriers.ts';
import type { Environment, PlatformOptions } from './environment.ts';
import { fetchPost } from './fetch-post.ts';
import { HttpPath } from './http-path.ts';
import { HttpTransport } from './http-transport.ts';
import { Memo } from './learned.ts';
import { platformStorage } from './page.ts';
import { placeTaker } from './places.ts';
import { inTask } from './tasks.ts';
import { xhrPost } from './xhr-post.ts';

/** What HTTP needs of the world, as the platform gives it. */
export function httpPlatform(options: PlatformOptions): Partial<Environment> {
  const request = options.fetch ?? globalThis.fetch;
  // Without response streams `fetch` gives a body only at its end; XMLHttpRequest shows it while it grows.
  const streams = options.fetch || typeof ReadableStream === 'function';
  const xhr = typeof XMLHttpRequest === 'function' ? xhrPost : undefined;
  return {
    post: request && streams ? fetchPost(request) : xhr,
    task: inTask,
    storage: platformStorage(options),
    takePlace: placeTaker(),
  };
}

export const http: HttpCarrier = {
  name: 'http',
  begin(given, { streams, platform }, url, server) {
    const env = given.post ? given : { ...given, ...httpPlatform(platform) };
    const memo = new Memo(env, url);
    const learned = memo.read(Date.now());
    const path = new HttpPath(streams, learned, env.now(), server);
    return {
      setbacks: learned.setbacks,
      open: (to, owner) => new HttpTransport(env, to.replace(/^ws/, 'http'), path, owner),
      keep: (setbacks) => {
        memo.write(Date.now(), setbacks, path);
      },
    };
  },
};
