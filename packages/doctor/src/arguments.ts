/** The command line, read and checked. */
import { parseArgs } from 'node:util';
import { addressOf } from './options.ts';

export interface Arguments {
  readonly url: string;
  readonly auth: string;
  readonly protocols: readonly string[];
  readonly origin: string | undefined;
  readonly json: boolean;
  readonly patient: boolean;
}

export const usage = `Usage: holdfast-doctor URL [options]

Looks at the way from here to a Holdfast server, and says what works, what does not, and which setting of which proxy
usually causes it. The server's application sees two short sessions without messages.

  URL                 the server's address, such as wss://app.example/live

  --auth TOKEN        the token that the application checks (or the environment variable HOLDFAST_AUTH)
  --protocol NAME     a subprotocol that the application expects; may be given more than once
  --origin ORIGIN     ask as the pages of this origin do, such as https://app.example
  --patient           hold requests and an idle WebSocket for 90 s instead of 20
  --json              one JSON object a line: each finding, then the summary
  --help              this text

Exit code: 0 if Holdfast can connect, 1 if not, 2 for arguments that cannot be meant.
`;

const options = {
  auth: { type: 'string' },
  protocol: { type: 'string', multiple: true },
  origin: { type: 'string' },
  json: { type: 'boolean' },
  patient: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** @throws TypeError that says what is wrong, and what to do */
export function readArguments(
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Arguments | 'help' {
  const { values, positionals } = parse(given);
  if (values.help) return 'help';
  const [url, ...others] = positionals;
  if (url === undefined)
    throw new TypeError('no URL was given: name the server, such as wss://app.example/live');
  if (others.length > 0) {
    throw new TypeError(
      `more than one URL was given (${positionals.join(', ')}): look at one after the other`,
    );
  }
  addressOf(url);
  return {
    url,
    auth: values.auth ?? environment['HOLDFAST_AUTH'] ?? '',
    protocols: values.protocol ?? [],
    origin: values.origin === undefined ? undefined : originOf(values.origin),
    json: values.json ?? false,
    patient: values.patient ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [reason] = (error as Error).message.split('. ');
    throw new TypeError(`${reason ?? 'an option is wrong'}: --help lists the options`, { cause: error });
  }
}

function originOf(given: string): string {
  let origin: string;
  try {
    origin = new URL(given).origin;
  } catch {
    origin = 'null';
  }
  if (origin === 'null' || !/^https?:\/\//.test(origin)) {
    throw new TypeError(
      `"${given}" is not an origin: give scheme, host and port, such as https://app.example`,
    );
  }
  return origin;
}
