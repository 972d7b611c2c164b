/** Over WebSocket a message is what the application sent, byte for byte: seen with the browser's own class, and no client of ours. */

import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import type { AppServer } from './support/server.ts';

/** Opens the browser's own WebSocket; `frames` gives so many of what it received. */
async function openNative(page: Page, server: AppServer, protocols: string[]) {
  await page.goto(server.url);
  const handle = await page.evaluateHandle(
    ([url, offered]) => {
      const socket = new WebSocket(url, offered);
      socket.binaryType = 'arraybuffer';
      const frames: (string | ArrayBuffer)[] = [];
      socket.onmessage = ({ data }) => frames.push(data as string | ArrayBuffer);
      return { socket, frames };
    },
    [`${server.url.replace('http:', 'ws:')}/live`, protocols] as const,
  );
  return {
    handle,
    /** Text as it is, and bytes as a list of them. */
    frames: async (count: number): Promise<(string | number[])[]> => {
      await page.waitForFunction(([each, least]) => each.frames.length >= least, [handle, count] as const);
      return handle.evaluate(({ frames }) =>
        frames.map((data) => (typeof data === 'string' ? data : [...new Uint8Array(data)])),
      );
    },
    send: (...texts: string[]) =>
      handle.evaluate(({ socket }, all) => {
        for (const text of all) socket.send(text);
      }, texts),
  };
}

const handshake = (): string[] => [
  'holdfast.1',
  `holdfast.attach.${randomBytes(16).toString('base64url')}.1.new.-`,
];

/** What a welcome tells. */
function contentOf(welcome: string | number[] | undefined): unknown {
  const [, json] = String(welcome).split('\u0010welcome ');
  return JSON.parse(json ?? 'null');
}

test('the welcome is the first frame, and messages of the server follow untouched', async ({
  page,
  server,
}) => {
  server.app = (socket) => {
    socket.send('plain text');
    socket.send('{"json":true}');
    socket.send('');
    socket.send(Buffer.from([0, 16, 255]));
    socket.send('\u0010 looks like control');
  };
  const native = await openNative(page, server, handshake());
  const [welcome, ...messages] = await native.frames(6);
  expect(contentOf(welcome)).toMatchObject({ received: 0, protocol: '' });
  expect(messages).toEqual([
    'plain text',
    '{"json":true}',
    '',
    [0, 16, 255],
    // The one exception: an escape in front of what would be a control frame.
    '\u0010\u0010 looks like control',
  ]);
  expect(await native.handle.evaluate(({ socket }) => socket.protocol)).toBe('holdfast.1');
});

test('messages of the page arrive untouched', async ({ page, server }) => {
  const heard: (string | number[])[] = [];
  const native = await openNative(page, server, handshake());
  await native.frames(1);
  const socket = server.sockets[0]!;
  const all = new Promise<void>((resolve) => {
    socket.on('message', (data, isBinary) => {
      heard.push(isBinary ? [...data] : String(data));
      if (heard.length === 5) resolve();
    });
  });
  await native.send('plain text', '{"json":true}', '', '\u0010\u0010escaped');
  await native.handle.evaluate((each) => each.socket.send(new Uint8Array([0, 16, 255])));
  await all;
  expect(heard).toEqual(['plain text', '{"json":true}', '', '\u0010escaped', [0, 16, 255]]);
});

test('a subprotocol of the application is chosen in the welcome', async ({ page, server, open }) => {
  const native = await openNative(page, server, [...handshake(), 'chat.v2', 'chat.v1']);
  const [welcome] = await native.frames(1);
  expect(contentOf(welcome)).toMatchObject({ protocol: 'chat.v2' });

  const peer = await open(server, { protocols: ['chat.v1', 'chat.v2'] });
  await peer.opened();
  expect(await peer.handle.evaluate(({ socket }) => socket.protocol)).toBe('chat.v1');
});

test('a plain WebSocket is served as one', async ({ page, server }) => {
  const native = await openNative(page, server, []);
  await page.waitForFunction(({ socket }) => socket.readyState === WebSocket.OPEN, native.handle);
  await native.send('hello', '\u0010ping 1', '');
  expect(await native.frames(3)).toEqual(['hello', '\u0010ping 1', '']);
  const closed = await native.handle.evaluate(({ socket }) => {
    const closed = new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
    socket.close(4000, 'enough');
    return closed.then(({ code, reason, wasClean }) => ({ code, reason, wasClean }));
  });
  expect(closed).toEqual({ code: 4000, reason: 'enough', wasClean: true });
});
