/** What the matrix has measured: each test notes a row, and the end of a run writes them all into one table. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Account } from '../page/metronome.js';

/** From the first moment, or in the middle of a session. */
export type Part = 'start' | 'later';

export interface Measured {
  readonly network: string;
  readonly browser: string;
  readonly part: Part;
  /** Its place in the table. */
  readonly order: number;
  readonly account: Account;
  /** What carried the session in the end. */
  readonly transport: string;
  /** In ms from the constructor. */
  readonly opened?: number;
  readonly echoed?: number;
  /** Requests and WebSockets that the page made for so many messages each way. */
  readonly requests?: number;
  readonly messages?: number;
  /** In ms from the end of the fault until a WebSocket carried the session; `null` if none did for as long as was waited. */
  readonly climbed?: number | null;
}

const folder = fileURLToPath(new URL('../results/', import.meta.url));
const rowsFolder = `${folder}rows/`;

export function note(measured: Measured): void {
  const { network, browser, part } = measured;
  const name = network.replaceAll(/[^a-z0-9]+/gi, '-');
  mkdirSync(rowsFolder, { recursive: true });
  writeFileSync(`${rowsFolder}${name}.${part}.${browser}.json`, JSON.stringify(measured, null, 2));
}

const soon = 600;

type Cell = (measured: Measured) => string;

const ms = (value: number | undefined): string => (value === undefined ? '' : String(Math.round(value)));

const wrong: Cell = ({ account: { lost, doubled, outOfOrder, garbled } }) =>
  [lost, doubled, outOfOrder, garbled].every((count) => count === 0)
    ? '0'
    : `**${lost} lost, ${doubled} doubled, ${outOfOrder} out of order, ${garbled} garbled**`;
const transport: Cell = (measured) => measured.transport;
const stall: Cell = ({ account }) => ms(account.stall);

const columns: Record<Part, Record<string, Cell>> = {
  start: {
    'opens, ms': ({ opened = 0 }) => (opened > soon ? `**${ms(opened)}**` : ms(opened)),
    'first echo, ms': ({ echoed }) => ms(echoed),
    transport,
    'lost, doubled, out of order': wrong,
    'longest stall, ms': stall,
    requests: ({ requests }) => String(requests ?? ''),
  },
  later: {
    'longest stall, ms': stall,
    transport,
    'lost, doubled, out of order': wrong,
    'back on WebSocket after, ms': ({ climbed, transport: name }) =>
      name === 'websocket' ? '–' : climbed === null ? 'not within 60 s' : ms(climbed),
  },
};

function table(part: Part, all: readonly Measured[]): string {
  const rows = all.filter((measured) => measured.part === part).sort((a, b) => a.order - b.order);
  const cells = columns[part];
  const browsers = [...new Set(rows.map(({ browser }) => browser))].sort();
  const lines = [...new Set(rows.map(({ network }) => network))].map((network) => {
    const measured = browsers.map((browser) =>
      rows.find((row) => row.network === network && row.browser === browser),
    );
    const texts = Object.values(cells).map((cell) => {
      const each = measured.map((row) => (row ? cell(row) : '–'));
      return new Set(each).size === 1 ? each[0] : each.join(' / ');
    });
    return `| ${[network, ...texts].join(' | ')} |`;
  });
  return [
    `| network (${browsers.join(' / ')}) | ${Object.keys(cells).join(' | ')} |`,
    `| --- | ${Object.keys(cells)
      .map(() => '---')
      .join(' | ')} |`,
    ...lines,
  ].join('\n');
}

/** After all tests, whichever they were: the table of all rows that there are. */
export default function writeTable(): void {
  let names: string[];
  try {
    names = readdirSync(rowsFolder);
  } catch {
    return;
  }
  const all = names.map((name) => JSON.parse(readFileSync(rowsFolder + name, 'utf8')) as Measured);
  const sections = [
    '### From the start',
    table('start', all),
    '### In the middle of a session',
    table('later', all),
  ];
  writeFileSync(`${folder}matrix.json`, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(`${folder}matrix.md`, `${sections.join('\n\n')}\n`);
}
