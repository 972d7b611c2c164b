/**
 * A page of `docs/recipes`, or the README, as its reader uses it: each code block with a file name after its language is a file, and
 * nothing else is. So what a page shows is what its test runs.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from './program.ts';

const root = new URL('../../../', import.meta.url);
/** Inside the repository, where the packages are found. */
const folders = fileURLToPath(new URL('../.made/', import.meta.url));

const BLOCK = /^```\w+ (?<file>\S+)\n(?<text>.*?)^```$/gms;

/** The files that a page shows. */
export function filesOf(page: string): Map<string, string> {
  const files = new Map<string, string>();
  const path = page === 'README' ? 'README.md' : `docs/recipes/${page}.md`;
  for (const { groups } of readFileSync(new URL(path, root), 'utf8').matchAll(BLOCK)) {
    const { file = '', text = '' } = groups ?? {};
    if (files.has(file)) throw new Error(`${page}.md shows ${file} twice`);
    files.set(file, text);
  }
  return files;
}

export class Recipe {
  /** Where its files are. */
  readonly dir: string;
  readonly #programs: Program[] = [];

  constructor(page: string) {
    mkdirSync(folders, { recursive: true });
    this.dir = mkdtempSync(join(folders, `${page}-`));
    for (const [file, text] of filesOf(page)) this.add(file, text);
  }

  /** A file that the reader is expected to have. */
  add(file: string, text: string): void {
    writeFileSync(join(this.dir, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.dir, file), 'utf8');
  }

  /** Runs a file with Node, or a program by its path. It listens when this returns. */
  run(file: string, ...args: string[]): Promise<Program> {
    return this.#listening(new Program(this.dir, file, args));
  }

  /** The same, on a port that is known before. */
  runAt(port: number, file: string, ...args: string[]): Promise<Program> {
    return this.#listening(new Program(this.dir, file, args, port));
  }

  /** Runs a file to its end, and gives what it has printed. */
  async output(file: string, ...args: string[]): Promise<string> {
    const program = new Program(this.dir, file, args);
    this.#programs.push(program);
    await program.ends;
    return program.output;
  }

  async #listening(program: Program): Promise<Program> {
    this.#programs.push(program);
    await program.listens;
    return program;
  }

  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
    rmSync(this.dir, { recursive: true });
  }
}
