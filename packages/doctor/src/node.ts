/** Node as the place to look from: it shows what a browser keeps from pages, and lets an origin be pretended. */
import { WebSocket } from 'ws';
import { common, type Environment } from './environment.ts';

/** Cookies are kept and sent along, as a browser does: balancers keep a client at its server by them. */
class Jar {
  readonly #cookies = new Map<string, string>();

  get names(): readonly string[] {
    return [...this.#cookies.keys()];
  }

  get header(): Record<string, string> {
    if (this.#cookies.size === 0) return {};
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  take(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name.trim(), value.trim());
    }
  }
}

/** @param origin of the pages that the doctor speaks for; without one it asks as a program does */
export function nodeEnvironment(origin?: string): Environment {
  const jar = new Jar();
  const originHeader: Record<string, string> = origin === undefined ? {} : { origin };
  /** `ws` rather than Node's own class, which tells neither the status of a refused upgrade nor takes headers. */
  class NodeWebSocket extends WebSocket {
    constructor(url: string, protocols: string[] = []) {
      super(url, protocols, { headers: { ...originHeader, ...jar.header } });
    }
  }
  return {
    ...common,
    async fetch(input, init) {
      const headers = { ...(init?.headers as Record<string, string>), ...originHeader, ...jar.header };
      const response = await fetch(input, { ...init, headers });
      jar.take(response.headers.getSetCookie());
      return response;
    },
    WebSocket: NodeWebSocket,
    origin,
    isBrowser: false,
    cookies: () => jar.names,
  };
}
