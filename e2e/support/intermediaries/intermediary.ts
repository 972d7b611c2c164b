/** A real proxy between a browser and a server: started from a template on a free port of loopback, and stopped again. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProxy, type ProxyName } from '../../../scripts/proxies.mjs';
import { accepts, choosePort } from './ports.ts';

/** What a configuration is written for. */
export interface Site {
  /** A folder of its own, for whatever it has to write. */
  readonly dir: string;
  readonly port: number;
  /** The ports of the servers behind it: one, unless it is meant to have more. */
  readonly targets: readonly [number, ...number[]];
}

export interface Configuration {
  readonly proxy: ProxyName;
  /** Its files, and the arguments with which the program takes them and stays in the foreground. */
  configure(site: Site): { readonly files: Record<string, string>; readonly args: readonly string[] };
}

export interface Intermediary {
  readonly port: number;
  readonly url: string;
  /** All that it has written, for whoever wonders why a test failed. */
  logs(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** How long a program may take until it listens, in ms: Varnish calls a C compiler first. */
const startTimeout = 60_000;
/** No program outlives its test for longer, in s, whatever became of the test. */
const longestLife = '600';

export const isInstalled = ({ proxy }: Configuration): boolean => findProxy(proxy) !== undefined;

export async function startIntermediary(
  configuration: Configuration,
  ...targets: Site['targets']
): Promise<Intermediary> {
  // Between looking for a port and listening on it somebody else may have taken it.
  for (let attempt = 1; ; attempt++) {
    const started = await tryToStart(configuration, targets);
    if (started.isUp) return started.intermediary;
    const logs = JSON.stringify(await started.intermediary.logs(), null, 2);
    await started.intermediary.close();
    if (attempt === 3) throw new Error(`${configuration.proxy} does not start: ${logs}`);
  }
}

async function tryToStart(configuration: Configuration, targets: Site['targets']) {
  const { proxy } = configuration;
  const dir = await mkdtemp(join(tmpdir(), `holdfast-${proxy}-`));
  // Squid and Apache change their user.
  await chmod(dir, 0o777);
  const port = await choosePort();
  const { files, args } = configuration.configure({ dir, port, targets });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), `${text.trimEnd()}\n`);
  const child = await run(findProxy(proxy) ?? proxy, args, dir);
  const intermediary: Intermediary = {
    port,
    url: `http://127.0.0.1:${port}`,
    logs: () => readLogs(dir),
    close: async () => {
      await stop(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
  return { intermediary, isUp: await listens(child, port) };
}

/** In a process group of its own, which `timeout` leads and bounds. */
async function run(program: string, args: readonly string[], dir: string): Promise<ChildProcess> {
  const output = await open(join(dir, 'output.log'), 'a');
  const child = spawn('timeout', ['--kill-after=5', longestLife, program, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'], HOME: dir, TMPDIR: dir },
    stdio: ['ignore', output.fd, output.fd],
  });
  await once(child, 'spawn');
  await output.close();
  return child;
}

/** Whether it comes to accept connections before it ends. */
async function listens(child: ChildProcess, port: number): Promise<boolean> {
  const giveUpAt = performance.now() + startTimeout;
  while (child.exitCode === null && performance.now() < giveUpAt) {
    if (await accepts(port)) return true;
    // Nothing tells when another process begins to listen.
    await delay(10);
  }
  return false;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  try {
    // Tests need no farewell: without one nothing is left to wait for.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself in this moment.
  }
  await exited;
}

async function readLogs(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.log'));
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')]));
  return Object.fromEntries(texts) as Record<string, string>;
}
