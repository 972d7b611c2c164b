/** `docs/ws.md` says of each member what became of it. Here: that it speaks of all of them, and that what is "same" exists. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { WebSocket as WsWebSocket, WebSocketServer as WsServer } from 'ws';
import { HoldfastServer, HoldfastServerSocket } from '../../src/index.ts';

const page = readFileSync(new URL('../../../../docs/ws.md', import.meta.url), 'utf8');

/** The members of a section, and what became of them. */
function membersOf(title: string): Map<string, string> {
  const section = page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.matchAll(/^\| `(\S+)` \| (same|differs|not there) \|/gm);
  return new Map([...rows].map(([, name = '', verdict = '']) => [name, verdict]));
}

/** What a class of `ws` has that is not private by its name. */
const publicOf = (prototype: object): string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => !/^_|^constructor$/.test(name));

/** Undocumented, and not of use to a program. */
const PRIVATE = ['completeUpgrade', 'setSocket', 'emitClose'];

it.each([
  ['The server', WsServer.prototype, new HoldfastServer({ noServer: true }), ['clients']],
  ['A socket', WsWebSocket.prototype, HoldfastServerSocket.prototype, []],
] as const)('%s has each member of its class in ws', (what, theirs, ours, own) => {
  const members = membersOf(`${what}'s methods and properties`);
  const expected = [...publicOf(theirs), ...own].filter((name) => !PRIVATE.includes(name));
  expect([...members.keys()].sort()).toEqual(expected.sort());
  for (const [name, verdict] of members)
    expect([name, name in ours]).toEqual([name, verdict !== 'not there']);
});

it('speaks of each option of ws', () => {
  const defaults = new WsServer({ noServer: true }).options;
  expect([...membersOf("The server's options").keys()].sort()).toEqual(Object.keys(defaults).sort());
});

it('speaks of each event of ws', () => {
  expect([...membersOf("The server's events").keys()]).toEqual([
    'close',
    'connection',
    'error',
    'headers',
    'listening',
    'wsClientError',
  ]);
  expect([...membersOf("A socket's events").keys()]).toEqual([
    'close',
    'error',
    'message',
    'open',
    'ping',
    'pong',
    'redirect',
    'unexpected-response',
    'upgrade',
  ]);
});
