/** With `queue: false` and `reconnect: false` a HoldfastSocket does in a page what the W3C WebSocket does there. */

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from './support/fixtures.ts';

/** Every test is of the browser's own class too, which shows that what it expects is right. */
const classes = ['WebSocket', 'HoldfastSocket'] as const;

test.beforeEach(async ({ page, server }) => {
  await page.goto(server.url);
  await page.evaluate(() => {
    const strict = { queue: false, reconnect: false } as const;
    class HoldfastSocket extends Holdfast.HoldfastSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols, strict);
      }
    }
    Object.assign(globalThis, { HoldfastSocket });
  });
});

for (const name of classes) {
  test.describe(name, () => {
    test('throws what it should from its constructor', async ({ page }) => {
      const thrown = await page.evaluate((className) => {
        const Class = (globalThis as unknown as Record<string, typeof WebSocket>)[className]!;
        const attempts: Record<string, () => WebSocket> = {
          'not a URL': () => new Class('http://[oops'),
          'another scheme': () => new Class('ftp://127.0.0.1/live'),
          'a fragment': () => new Class('/live#part'),
          'a subprotocol with a space': () => new Class('/live', 'two words'),
          'an empty subprotocol': () => new Class('/live', ''),
          'a subprotocol twice': () => new Class('/live', ['one', 'one']),
        };
        return Object.fromEntries(
          Object.entries(attempts).map(([what, attempt]) => {
            try {
              attempt().close();
              return [what, 'nothing'];
            } catch (error) {
              return [what, error instanceof DOMException ? error.name : String(error)];
            }
          }),
        );
      }, name);
      expect(thrown).toEqual({
        'not a URL': 'SyntaxError',
        'another scheme': 'SyntaxError',
        'a fragment': 'SyntaxError',
        'a subprotocol with a space': 'SyntaxError',
        'an empty subprotocol': 'SyntaxError',
        'a subprotocol twice': 'SyntaxError',
      });
    });

    test('throws what it should from send and close', async ({ page, browserName }) => {
      const thrown = await page.evaluate(async (className) => {
        const Class = (globalThis as unknown as Record<string, typeof WebSocket>)[className]!;
        const socket = new Class('/live');
        const nameOf = (attempt: () => void): string => {
          try {
            attempt();
            return 'nothing';
          } catch (error) {
            return error instanceof DOMException ? error.name : String(error);
          }
        };
        const early = nameOf(() => socket.send('too early'));
        await new Promise((resolve) => (socket.onopen = resolve));
        const thrown: Record<string, string> = { 'send before open': early };
        for (const code of [0, 999, 1001, 1005, 1006, 2999, 5000]) {
          thrown[`close ${code}`] = nameOf(() => socket.close(code));
        }
        thrown['a reason of 124 bytes'] = nameOf(() => socket.close(4000, 'é'.repeat(62)));
        thrown['a reason of 123 bytes'] = nameOf(() => socket.close(4000, 'é'.repeat(61) + 'e'));
        thrown['send after close'] = nameOf(() => socket.send('too late'));
        thrown['close again'] = nameOf(() => socket.close());
        return { ...thrown, 'bytes too late': String(socket.bufferedAmount) };
      }, name);
      // WebKit's own adds what the header of a frame would have taken; the standard counts the data alone.
      const header = browserName === 'webkit' && name === 'WebSocket' ? 6 : 0;
      expect(thrown).toEqual({
        'send before open': 'InvalidStateError',
        'close 0': 'InvalidAccessError',
        'close 999': 'InvalidAccessError',
        'close 1001': 'InvalidAccessError',
        'close 1005': 'InvalidAccessError',
        'close 1006': 'InvalidAccessError',
        'close 2999': 'InvalidAccessError',
        'close 5000': 'InvalidAccessError',
        'a reason of 124 bytes': 'SyntaxError',
        'a reason of 123 bytes': 'nothing',
        'send after close': 'nothing',
        'close again': 'nothing',
        'bytes too late': String('too late'.length + header),
      });
    });

    test('has its properties in each state', async ({ page, server }) => {
      const seen = await page.evaluate(async (className) => {
        const Class = (globalThis as unknown as Record<string, typeof WebSocket>)[className]!;
        const socket = new Class('/live?room=1', ['chat']);
        const seen = {
          constants: [Class.CONNECTING, Class.OPEN, Class.CLOSING, Class.CLOSED],
          own: [socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED],
          url: socket.url,
          binaryType: socket.binaryType,
          extensions: socket.extensions,
          states: [socket.readyState],
          events: [] as string[],
        };
        socket.onopen = ({ type, target }) => {
          seen.events.push(`${type} ${String(target === socket)}`);
          seen.states.push(socket.readyState);
          socket.send('hello');
        };
        socket.onmessage = ({ type, data, origin }) => {
          seen.events.push(`${type} ${String(data)} ${origin}`);
          socket.close(1000, 'done');
          seen.states.push(socket.readyState);
        };
        const closed = new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
        const { code, reason, wasClean } = await closed;
        seen.events.push(`close ${code} ${reason} ${String(wasClean)}`);
        seen.states.push(socket.readyState);
        return seen;
      }, name);
      const url = `${server.url.replace('http:', 'ws:')}/live?room=1`;
      expect(seen).toEqual({
        constants: [0, 1, 2, 3],
        own: [0, 1, 2, 3],
        url,
        binaryType: 'blob',
        extensions: '',
        states: [0, 1, 2, 3],
        events: ['open true', `message hello ${new URL(url).origin}`, 'close 1000 done true'],
      });
    });

    test('a connection that is refused gives error, then close 1006', async ({ page }) => {
      const closedPort = await portThatNobodyListensTo();
      const events = await page.evaluate(
        ([className, port]) => {
          const Class = (globalThis as unknown as Record<string, typeof WebSocket>)[className]!;
          const socket = new Class(`ws://127.0.0.1:${port}/live`);
          const events: string[] = [];
          for (const type of ['open', 'error', 'close']) {
            socket.addEventListener(type, (event) => {
              const { code, wasClean } = event as CloseEvent;
              events.push(type === 'close' ? `close ${code} ${String(wasClean)}` : type);
            });
          }
          return new Promise<string[]>((resolve) =>
            socket.addEventListener('close', () => resolve([...events, `state ${socket.readyState}`])),
          );
        },
        [name, closedPort] as const,
      );
      expect(events).toEqual(['error', 'close 1006 false', 'state 3']);
    });

    test('closed before it opens, it gives error, then close 1006', async ({ page }) => {
      const events = await page.evaluate((className) => {
        const Class = (globalThis as unknown as Record<string, typeof WebSocket>)[className]!;
        const socket = new Class('/live');
        const events: string[] = [];
        socket.onopen = () => events.push('open');
        socket.onerror = () => events.push('error');
        socket.close();
        events.push(`state ${socket.readyState}`);
        return new Promise<string[]>((resolve) => {
          socket.onclose = ({ code, wasClean }) =>
            resolve([...events, `close ${code} ${String(wasClean)}`, `state ${socket.readyState}`]);
        });
      }, name);
      expect(events).toEqual(['state 2', 'error', 'close 1006 false', 'state 3']);
    });
  });
}

async function portThatNobodyListensTo(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
