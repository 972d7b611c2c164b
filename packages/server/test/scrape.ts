/** What a Prometheus that scrapes a registry gets; and servers that nobody comes to. */
import { HoldfastServer } from '../src/server.ts';

/** Samples by name and labels. */
export async function scrape(register: { metrics(): Promise<string> }): Promise<Map<string, number>> {
  const lines = (await register.metrics()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

export const idle = (path?: string): HoldfastServer =>
  new HoldfastServer({ noServer: true, ...(path && { path }) });
