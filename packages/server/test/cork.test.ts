import { Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { Cork } from '../src/cork.ts';
import { connect, serve } from './loopback.ts';

/** A stream that notes what goes out together. */
function start() {
  const writes: string[][] = [];
  const stream = new Writable({
    decodeStrings: false,
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  const cork = new Cork(stream);
  const write = (text: string): void => {
    cork.gather();
    stream.write(text);
  };
  return { stream, write, writes };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('writes of a turn go out together, before the next one', async () => {
  const { stream, write, writes } = start();
  for (const text of ['a', 'b', 'c']) write(text);
  expect(writes).toEqual([]);
  expect(stream.writableCorked).toBe(1);
  await nextTurn();
  expect(writes).toEqual([['a', 'b', 'c']]);
  write('d');
  await nextTurn();
  expect(writes).toEqual([['a', 'b', 'c'], ['d']]);
});

it('what is written goes out before an end in the same turn', async () => {
  const { stream, write, writes } = start();
  write('last words');
  stream.end();
  await nextTurn();
  expect(writes).toEqual([['last words']]);
});

it('what is destroyed in the same turn is no trouble', async () => {
  const { stream, write } = start();
  write('unheard');
  stream.destroy();
  await nextTurn();
  expect(stream.writableCorked).toBe(0);
});

it('what a socket sends in a turn is one write to the network', async () => {
  const { http, server, url } = await serve();
  /** What the operating system is given: one buffer, or some at once. */
  const given: unknown[] = [];
  http.on('connection', (connection: Writable) => {
    for (const name of ['_write', '_writev'] as const) {
      const write = connection[name as '_write'].bind(connection);
      vi.spyOn(connection, name as '_write').mockImplementation((...args) => {
        given.push(args);
        write(...args);
      });
    }
  });
  const client = connect(url, { transports: ['websocket'] });
  server.on('connection', (socket) => {
    socket.on('message', () => {
      given.length = 0;
      for (const text of ['a', 'b', 'c']) socket.send(text);
    });
  });
  const heard: unknown[] = [];
  client.addEventListener('message', ({ data }) => heard.push(data));
  client.send('go');
  await vi.waitUntil(() => heard.length === 3);
  expect(heard).toEqual(['a', 'b', 'c']);
  expect(given).toHaveLength(1);
});
