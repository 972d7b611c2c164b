/** Accepts the browser's connections and lets the weather at their bytes, knowing nothing of what they say. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import type { Stats } from '../stats.ts';
import type { Weather } from '../weather.ts';
import { Link } from './link.ts';
import { Wire } from './wire.ts';

export interface TcpLayerOptions {
  readonly port: number;
  /** The port of 127.0.0.1 to which everything goes on. */
  readonly next: number;
  readonly weather: Weather;
  readonly stats: Stats;
  readonly random: () => number;
  readonly onCut: ((connections: number) => void) | undefined;
}

export interface TcpLayer {
  readonly port: number;
  cut(): number;
  forget(): number;
  close(): Promise<void>;
}

export async function startTcpLayer(options: TcpLayerOptions): Promise<TcpLayer> {
  const { weather, stats, random, onCut } = options;
  const links = new Set<Link>();
  const wires = { up: new Wire(weather), down: new Wire(weather) };

  // Half-open, since a FIN in one direction must not end the other.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (browser) => {
    const server = connect({ host: '127.0.0.1', port: options.next, allowHalfOpen: true, noDelay: true });
    const link = new Link({ browser, server, wires, weather, stats, random });
    links.add(link);
    stats.connectionsOpened++;
    stats.connectionsOpen++;
    browser.on('close', () => {
      stats.connectionsOpen--;
    });
    link.onClosed(() => {
      links.delete(link);
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');

  const cut = (): number => {
    const count = stats.connectionsOpen;
    for (const link of links) link.cut();
    onCut?.(count);
    return count;
  };

  let cutTimer: NodeJS.Timeout | undefined;
  let cutInterval: number | false = false;
  const followWeather = (): void => {
    for (const link of links) link.followWeather();
    const { cutEvery } = weather.faults;
    if (cutEvery === cutInterval) return;
    cutInterval = cutEvery;
    clearInterval(cutTimer);
    if (cutEvery !== false) cutTimer = setInterval(cut, cutEvery);
  };
  const unfollow = weather.onChange(followWeather);

  return {
    port: (server.address() as AddressInfo).port,
    cut,
    forget: () => {
      for (const link of links) link.forget();
      return stats.connectionsOpen;
    },
    close: async () => {
      unfollow();
      clearInterval(cutTimer);
      for (const link of links) link.cut();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
