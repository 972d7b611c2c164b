/** WebKit, which Playwright can drive only in a build of its own: the system's, over classic WebDriver (https://www.w3.org/TR/webdriver2/). */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebKit } from '../../scripts/browsers.mjs';

/** In ms. From the start of a program until it answers; a busy machine takes seconds. */
const patience = 30_000;

/** A browser with one session in it, and what it needs beside it: all of it ends with `end`, or with this process. */
export class WebKitDriver {
  readonly #programs: ChildProcess[];
  readonly #base: string;
  #session = '';

  private constructor(programs: ChildProcess[], port: number) {
    this.#programs = programs;
    this.#base = `http://127.0.0.1:${port}/session`;
  }

  static async start({ driver, display, capabilities }: WebKit): Promise<WebKitDriver> {
    const programs: ChildProcess[] = [];
    const env: NodeJS.ProcessEnv = { ...process.env, NO_AT_BRIDGE: '1', GSETTINGS_BACKEND: 'memory' };
    delete env['WAYLAND_DISPLAY'];
    if (display) {
      // It chooses a display that nobody has, and says which one.
      const program = run(
        display,
        ['-displayfd', '3', '-screen', '0', '1280x720x24', '-nolisten', 'tcp'],
        env,
      );
      programs.push(program);
      const [number] = (await once(program.stdio[3] as Readable, 'data', {
        signal: AbortSignal.timeout(patience),
      })) as [Buffer];
      Object.assign(env, { DISPLAY: `:${String(number).trim()}`, GDK_BACKEND: 'x11' });
    }
    const port = await freePort();
    programs.push(run(driver, [`--port=${port}`], env));
    const webkit = new WebKitDriver(programs, port);
    await webkit.#begin(capabilities);
    return webkit;
  }

  async #begin(capabilities: object): Promise<void> {
    const from = performance.now();
    for (;;) {
      try {
        const { sessionId } = (await this.#request('POST', '', {
          // Playwright has the timeouts here.
          capabilities: {
            alwaysMatch: { ...capabilities, acceptInsecureCerts: true, timeouts: { script: null } },
          },
        })) as { sessionId: string };
        this.#session = `/${sessionId}`;
        return;
      } catch (error) {
        const isListening = !(error instanceof TypeError);
        if (isListening || performance.now() - from > patience) {
          this.#kill();
          throw error;
        }
        await delay(20);
      }
    }
  }

  get(path: string): Promise<unknown> {
    return this.#request('GET', this.#session + path);
  }

  post(path: string, body: object = {}): Promise<unknown> {
    return this.#request('POST', this.#session + path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.#request('DELETE', this.#session + path);
  }

  async end(): Promise<void> {
    await this.delete('').catch(() => {});
    this.#kill();
  }

  #kill(): void {
    for (const program of this.#programs) killGroup(program);
  }

  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#base + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: unknown };
    if (response.ok) return value;
    const { error, message } = value as { error: string; message: string };
    throw new Error(`${error}: ${message}`);
  }
}

/** Starts a program as the head of a group, in which its own children are: the browser and its processes. */
function run(path: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const program = spawn(path, args, { env, detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const kill = (): void => killGroup(program);
  process.on('exit', kill);
  program.on('exit', () => process.off('exit', kill));
  return program;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
