#!/usr/bin/env node
import { run } from './cli.ts';

const stopping = new AbortController();
// Once to end it with a goodbye to the server, twice to end it at once.
process.once('SIGINT', () => {
  stopping.abort();
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  isColored: process.stdout.isTTY && !process.env['NO_COLOR'],
  environment: process.env,
  signal: stopping.signal,
});
