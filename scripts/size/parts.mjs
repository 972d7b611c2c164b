// What the bytes of each entry are spent on: minified, by the ideas that its files belong to.

import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {Readonly<Record<string, readonly string[]>>} */
const ideas = {
  'the face of the W3C class': [
    ...['index', 'websocket', 'plain', 'socket', 'events'],
    ...['url', 'send-data', 'close-arguments', 'utf8'],
  ],
  'options, page, platform': ['options', 'environment', 'page', 'backoff'],
  'the connection': [
    ...['socket-connection', 'connection', 'carriage', 'conversation'],
    ...['dialling', 'observed', 'alarm'],
  ],
  'its life: states, moves, reasons': ['step', 'turn', 'link', 'diagnostics', 'transport'],
  'the session: numbers, replay': ['session', 'outbox', 'inbox', 'frames', 'close-codes'],
  'lines, and the WebSocket': [
    ...['control', 'answers', 'requests', 'fields', 'base64url', 'websocket-codec'],
    'websocket-transport',
  ],
  'plain servers': ['plain-connection', 'plain-link', 'plain-queue'],
  Firefox: ['unanswered'],
};

/** Prints a table of all entries. */
export async function parts() {
  const columns = [];
  for (const entry of ['index', 'websocket', 'plain']) {
    const { metafile } = await build({
      absWorkingDir: root,
      stdin: {
        contents: `export { HoldfastSocket } from './packages/client/src/${entry}.ts'`,
        resolveDir: root,
      },
      alias: { '@holdfast/protocol': './packages/protocol/src/index.ts' },
      outfile: 'size.mjs',
      write: false,
      metafile: true,
      bundle: true,
      minify: true,
      format: 'esm',
      treeShaking: true,
    });
    const bytes = new Map([...Object.keys(ideas), 'HTTP', 'in all'].map((idea) => [idea, 0]));
    for (const [file, { bytesInOutput }] of Object.entries(
      Object.values(metafile.outputs)[0]?.inputs ?? {},
    )) {
      const name = /([\w-]+)\.ts$/.exec(file)?.[1] ?? '';
      const idea = Object.keys(ideas).find((each) => ideas[each]?.includes(name)) ?? 'HTTP';
      for (const each of [idea, 'in all']) bytes.set(each, (bytes.get(each) ?? 0) + bytesInOutput);
    }
    columns.push(bytes);
  }
  console.log('\n| minified, in bytes | all | websocket | plain |\n| --- | --- | --- | --- |');
  for (const idea of columns[0]?.keys() ?? [])
    console.log(`| ${[idea, ...columns.map((bytes) => bytes.get(idea))].join(' | ')} |`);
}
