/**
 * The proxy is two layers on loopback, one behind the other: what happens to bytes (`tcp`), then what happens to
 * requests and upgrades (`http`), then the server.
 *
 *     browser ── tcp: delay, silence, cuts ── http: obstacles, tunnels ── server
 */

import { clearWeather, type Faults } from './faults.ts';
import { startHttpLayer } from './http/layer.ts';
import type { Target } from './http/upstream.ts';
import { seededRandom } from './random.ts';
import { newStats, type Stats } from './stats.ts';
import { startTcpLayer } from './tcp/layer.ts';
import { Weather } from './weather.ts';

export interface FaultProxyOptions {
  /** The server behind the proxy; a bare port is one of 127.0.0.1. */
  readonly target: number | Target;
  /** The port to listen on, of 127.0.0.1. @default any that is free */
  readonly port?: number;
  /** Decides which requests `loseAnswers` and `status` strike, and when `resetAfter` does. @default 1 */
  readonly seed?: number;
  /** Called after each cut, asked for or by `cutEvery`, with the number of connections that it reset. */
  readonly onCut?: (connections: number) => void;
}

export interface FaultProxy {
  readonly port: number;
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly faults: Readonly<Faults>;
  readonly stats: Readonly<Stats>;
  /** Changes these faults, from now on and on live connections, and leaves the others. */
  set(changes: Partial<Faults>): void;
  /** Ends all faults. What a silence or a buffer held back flows on; what was lost stays lost. */
  clear(): void;
  /** Resets every live connection on both sides, and says how many there were. */
  cut(): number;
  /** Lets every live connection fall silent for ever, as a NAT does that has forgotten it; new ones work. */
  forget(): number;
  close(): Promise<void>;
}

/** Starts a proxy in clear weather, which passes everything as it is. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const target =
    typeof options.target === 'number' ? { host: '127.0.0.1', port: options.target } : options.target;
  const weather = new Weather();
  const stats = newStats();
  const seed = options.seed ?? 1;
  const http = await startHttpLayer({ target, weather, stats, random: seededRandom(seed) });
  const tcp = await startTcpLayer({
    port: options.port ?? 0,
    next: http.port,
    weather,
    stats,
    random: seededRandom(seed),
    onCut: options.onCut,
  }).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });

  return {
    port: tcp.port,
    url: `http://127.0.0.1:${String(tcp.port)}`,
    get faults() {
      return weather.faults;
    },
    get stats() {
      return { ...stats };
    },
    set: (changes) => {
      weather.set(changes);
    },
    clear: () => {
      weather.set(clearWeather);
    },
    cut: () => tcp.cut(),
    forget: () => tcp.forget(),
    close: async () => {
      await tcp.close();
      await http.close();
    },
  };
}
