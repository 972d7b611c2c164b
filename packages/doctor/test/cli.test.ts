/** The program: what it takes, what it prints, and how it ends. */
import { describe, expect, test } from 'vitest';
import { run, type Terminal } from '../src/cli.ts';
import { hasty, open, withoutStream, type Clean } from './hospital.ts';
import type { Faults } from '@holdfast/fault-proxy';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function holdfastDoctor(args: readonly string[], terminal: Partial<Terminal> = {}): Promise<Run> {
  let [out, error] = ['', ''];
  const code = await run(args, {
    out: (text) => (out += text),
    error: (text) => (error += text),
    isColored: false,
    environment: {},
    signal: new AbortController().signal,
    patience: hasty,
    ...terminal,
  });
  return { code, out, error };
}

const through = async (context: Clean, faults: Partial<Faults>, ...args: string[]): Promise<Run> => {
  const { url } = await open(context, faults);
  return holdfastDoctor([url, ...args]);
};

describe.concurrent('holdfast-doctor', () => {
  test('prints a line for each finding, and what will be used', async (context) => {
    const { code, out, error } = await through(context, {});
    expect(error).toBe('');
    expect(out).toMatch(/^Looking at the way to ws:/);
    expect(out.match(/^(ok|-|so-so) {3,}\w/gm)).toHaveLength(12);
    expect(out).toMatch(/\n\nHoldfast will use WebSocket\. HTTP is there if it fails\.\n$/);
    expect(code).toBe(0);
  });

  test('says what to set', async (context) => {
    const { url } = await open(context, { upgrade: 'refuse', responses: 'buffer' });
    const { code, out } = await holdfastDoctor([url], { patience: withoutStream });
    expect(out).toMatch(/^BROKEN {2}Upgrade/m);
    expect(out).toContain('Holdfast will use long-polling over HTTP. A WebSocket does not work.');
    expect(out).toMatch(/- nginx: proxy_http_version 1\.1; proxy_set_header Upgrade/);
    expect(out).toMatch(/Buffering: Not a byte .*\n(.*\n)* {2}- as above/);
    expect(out.match(/proxy_buffering off/g)).toHaveLength(1);
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(code).toBe(0);
  });

  test('ends with 1 where Holdfast cannot connect', async (context) => {
    const { code, out } = await through(context, { portal: true });
    expect(out).toContain('Holdfast cannot connect from here.');
    expect(code).toBe(1);
  });

  test('prints JSON, a line each', async (context) => {
    const { out } = await through(context, {}, '--json');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(13);
    expect(lines[0]).toMatchObject({ check: 'server', verdict: 'ok', measured: { status: 200 } });
    expect(lines.at(-1)).toEqual({
      transport: 'websocket',
      words: 'Holdfast will use WebSocket. HTTP is there if it fails.',
    });
  });

  test('takes the token from an option or the environment, and does not print it', async (context) => {
    const { url } = await open(
      context,
      {},
      { verifyClient: ({ auth }: { auth: string }) => auth === 'a-secret' },
    );
    const runs = await Promise.all([
      holdfastDoctor([url, '--auth', 'a-secret']),
      holdfastDoctor([url], { environment: { HOLDFAST_AUTH: 'a-secret' } }),
    ]);
    for (const { code, out } of runs) {
      expect(code).toBe(0);
      expect(out).not.toContain('a-secret');
    }
    expect((await holdfastDoctor([url])).code).toBe(1);
  });

  test('colors what it prints on a terminal', async (context) => {
    const { url } = await open(context);
    const { out } = await holdfastDoctor([url], { isColored: true });
    expect(out).toContain('\x1b[32mok');
  });

  test('explains itself', async () => {
    const { code, out } = await holdfastDoctor(['--help']);
    expect(out).toMatch(/^Usage: holdfast-doctor URL/);
    expect(code).toBe(0);
  });

  test.for([
    [[], 'no URL was given: name the server, such as wss://app.example/live'],
    [['app.example'], '"app.example" is not a URL: give the server\'s whole address'],
    [['ftp://app.example/'], 'the scheme "ftp:" is none of ws:, wss:, http: and https:'],
    [['ws://me:secret@app.example/'], 'the URL holds a user and a password'],
    [['ws://one.example', 'ws://two.example'], 'more than one URL was given'],
    [['ws://app.example', '--orign', 'x'], "Unknown option '--orign': --help lists the options"],
    [['ws://app.example', '--auth'], '--help lists the options'],
    [['ws://app.example', '--origin', 'app.example'], '"app.example" is not an origin'],
  ] as const)('says what is wrong with %j', async ([args, words]) => {
    const { code, out, error } = await holdfastDoctor(args);
    expect(error).toContain(`holdfast-doctor: `);
    expect(error).toContain(words);
    expect(error).not.toContain('secret');
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});
