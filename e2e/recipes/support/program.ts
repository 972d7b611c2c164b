/** A recipe's program, in a process of its own. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const announce = fileURLToPath(new URL('announce.mjs', import.meta.url));

export class Program {
  /** Resolves with the program's port when it listens. */
  readonly listens: Promise<number>;
  /** Everything that it has printed. */
  output = '';
  readonly #child: ChildProcess;
  /** Resolves with its exit code when it has ended: null if a signal did that. */
  readonly ends: Promise<number | null>;
  /** The ports that it listens on, in the order in which it began to. */
  readonly ports: number[] = [];

  /** @param port the one that it listens on, whatever it asks for; left out: a free one */
  constructor(cwd: string, file: string, args: readonly string[], port?: number) {
    const env = { ...process.env, ...(port !== undefined && { RECIPE_PORT: String(port) }) };
    const child = fork(file, args, { cwd, env, execArgv: ['--import', announce], silent: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    // When it is closed, all output is read.
    this.ends = once(child, 'close').then(([code]) => code as number | null);
    child.on('message', (found) => this.ports.push(found as number));
    const message = once(child, 'message').then(([found]) => found as number);
    const failure = this.ends.then((code) => {
      throw new Error(`${file} ended with ${code} before it listened: ${this.output}`);
    });
    this.listens = Promise.race([message, failure]);
    // Not every program listens.
    this.listens.catch(() => {});
  }

  get port(): number {
    return this.ports[0] ?? 0;
  }

  /** @param scheme without a colon */
  url(path: string, scheme = 'http'): string {
    return `${scheme}://127.0.0.1:${this.port}${path}`;
  }

  /** Asks it to end. Gives its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.ends;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ends;
  }
}
