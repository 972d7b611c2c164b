/** The program: reads its arguments, prints what is found as it comes, and tells by its exit code whether Holdfast can connect. */
import { readArguments, usage, type Arguments } from './arguments.ts';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { nodeEnvironment } from './node.ts';
import { patient, type Patience } from './options.ts';
import { findingLine, summaryLines } from './print.ts';
import { summarize } from './summary.ts';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly isColored: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Shorter waits, for tests. */
  readonly patience?: Partial<Patience>;
}

const BAD_ARGUMENTS = 2;

/** Runs the program; gives its exit code. */
export async function run(given: readonly string[], terminal: Terminal): Promise<number> {
  let args: Arguments | 'help';
  try {
    args = readArguments(given, terminal.environment);
  } catch (error) {
    terminal.error(`holdfast-doctor: ${(error as Error).message}\n`);
    return BAD_ARGUMENTS;
  }
  if (args === 'help') {
    terminal.out(usage);
    return 0;
  }
  return look(args, terminal);
}

async function look(args: Arguments, { out, isColored, signal, patience }: Terminal): Promise<number> {
  const { url, auth, protocols, origin, json } = args;
  const options = { auth, protocols, signal, patience: { ...(args.patient && patient), ...patience } };
  const found: Finding[] = [];
  if (!json) out(`Looking at the way to ${url}\n\n`);
  for await (const finding of diagnose(url, nodeEnvironment(origin), options)) {
    found.push(finding);
    out(json ? `${JSON.stringify(finding)}\n` : findingLine(finding, isColored));
  }
  const summary = summarize(found);
  const { transport = null, words } = summary;
  out(json ? `${JSON.stringify({ transport, words })}\n` : summaryLines(summary));
  return transport ? 0 : 1;
}
