import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { HoldfastSocket } from '@holdfast/client';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  batch,
  body,
  connect,
  echo,
  begin,
  endOf,
  hear,
  nextText,
  message,
  plain,
  post,
  serve,
  type Answer,
  type Loopback,
} from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const NEW = `attach ${ID} 1 new -`;
const SEND = `send ${ID} 1`;

let loopback: Loopback;
let url: string;
let received: string[];
/** A page that has nothing to do with what happens here, and must not notice. */
let bystander: HoldfastSocket;

const ask = (...records: (string | Uint8Array)[]): Promise<Answer> => post(url, records);
const lines = async (...records: (string | Uint8Array)[]): Promise<readonly string[]> =>
  (await ask(...records)).lines;
const status = async (...records: (string | Uint8Array)[]): Promise<number> => (await ask(...records)).status;
/** The socket of our session, which began behind the bystander's. */
const ours = () => loopback.accepted[1]!;

beforeEach(async () => {
  loopback = await serve({ maxPayload: 1024 });
  ({ url, received } = loopback);
  loopback.server.once('connection', echo);
  bystander = connect(url);
  bystander.send('here');
  expect(await message(bystander)).toBe('here');
  received.length = 0;
});

afterEach(async () => {
  expect(bystander.readyState).toBe(1);
  bystander.send('still here');
  expect(await message(bystander)).toBe('still here');
});

describe('an attach', () => {
  it('begins a session, and takes the messages that ride along', async () => {
    expect(await lines(NEW, batch(1, 'first', 'second'))).toEqual(['welcome 2']);
    expect(received).toEqual(['first', 'second']);
    expect(loopback.accepted).toHaveLength(2);
  });

  it('names the subprotocol that was chosen', async () => {
    expect(await lines(`${NEW} chat v2`)).toEqual(['welcome 0 chat']);
  });

  it('that comes twice is answered as before, and its messages are taken once', async () => {
    const first = await ask(NEW, batch(1, 'once'));
    const second = await ask(NEW, batch(1, 'once'));
    expect(second).toMatchObject({ status: 200, bytes: first.bytes });
    expect(received).toEqual(['once']);
    expect(loopback.accepted).toHaveLength(2);
  });

  it('that comes again when the session has moved on is too late', async () => {
    await ask(NEW);
    await ask(`poll ${ID} 1 1 0 poll`);
    expect(await status(NEW)).toBe(409);
    expect(await lines(SEND, batch(1, 'goes on'))).toEqual(['ack 1', 'ended 1']);
  });

  it('with a higher attempt takes the session: the others are superseded', async () => {
    await ask(NEW);
    await ask(SEND, batch(1, 'one'));
    const { answer } = await begin(url, [`poll ${ID} 1 1 20000 poll`]);
    expect(await lines(`attach ${ID} 2 0 -`)).toEqual(['welcome 1']);
    expect((await answer).lines).toEqual(['batch 1', 'superseded']);
    expect(await lines(SEND, batch(2, 'late'))).toEqual(['superseded']);
    expect(await lines(`poll ${ID} 1 2 20000 poll`)).toEqual(['superseded']);
    expect(await lines(NEW, batch(2, 'late'))).toEqual(['superseded']);
    expect(await lines(`send ${ID} 2`, batch(2, 'two'))).toEqual(['ack 2']);
    expect(received).toEqual(['one', 'two']);
  });

  it('replays what the client does not have', async () => {
    await ask(NEW);
    for (const text of ['one', 'two', 'three']) ours().send(text);
    expect(await lines(`poll ${ID} 1 1 0 poll`)).toEqual(['batch 1', '1: one', '2: two', '3: three']);
    expect(await lines(`attach ${ID} 2 1 -`)).toEqual(['welcome 0', '2: two', '3: three']);
  });

  it('moves the session to a WebSocket and back', async () => {
    await ask(NEW);
    const socket = plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.-`]);
    expect(await nextText(socket)).toMatch(/^␐welcome \{"received":0,/);
    socket.send('over WebSocket');
    await expect.poll(() => received).toEqual(['over WebSocket']);
    const superseded = nextText(socket);
    expect(await lines(`attach ${ID} 3 0 -`)).toEqual(['welcome 1']);
    expect(await superseded).toBe('␐superseded');
    socket.send('late');
    expect(await lines(`send ${ID} 3`, batch(2, 'over HTTP'))).toEqual(['ack 2']);
    expect(received).toEqual(['over WebSocket', 'over HTTP']);
  });

  it('is gone if it resumes what is not known: what rides along does not begin a session', async () => {
    expect(await lines(`attach ${ID} 5 0 -`, batch(1, 'for nobody'))).toEqual(['gone']);
    expect(await lines(`attach ${ID} 0 new -`)).toEqual(['gone']);
    expect(received).toEqual([]);
    expect(loopback.accepted).toHaveLength(1);
  });

  it('is superseded if it stands by', async () => {
    await ask(NEW);
    expect(await lines(`attach ${ID} 0 0 -`)).toEqual(['superseded']);
  });

  it('is gone if it claims to have received what was never sent; the session stays where it is', async () => {
    await ask(NEW);
    expect(await lines(`attach ${ID} 2 1 -`)).toEqual(['gone']);
    expect(await lines(SEND, batch(1, 'goes on'))).toEqual(['ack 1']);
  });

  it('learns what became of a session that has ended', async () => {
    await ask(NEW);
    expect(await lines(SEND, batch(1, 'last words'), 'from 2 0', 'close 4000 bye')).toEqual(['ack 2']);
    expect(await lines(`attach ${ID} 2 0 -`)).toEqual(['welcome 2']);
    expect(await lines(SEND, batch(1, 'again'))).toEqual(['welcome 2']);
    expect(received).toEqual(['last words']);
    expect(loopback.server.clients.size).toBe(1);
  });

  it('learns that it is gone if the application terminated it', async () => {
    await ask(NEW);
    ours().terminate();
    expect(await lines(`attach ${ID} 2 0 -`)).toEqual(['gone']);
    expect(await lines(NEW)).toEqual(['gone']);
  });
});

describe('a send', () => {
  beforeEach(async () => {
    await ask(NEW);
  });

  it('is acknowledged once its messages are taken', async () => {
    expect(await lines(SEND, batch(1, 'a', 'b'))).toEqual(['ack 2']);
    expect(received).toEqual(['a', 'b']);
  });

  it('that comes twice is taken once and acknowledged twice', async () => {
    await ask(SEND, batch(1, 'a', 'b'));
    expect(await lines(SEND, batch(1, 'a', 'b'))).toEqual(['ack 2']);
    expect(await lines(SEND, batch(2, 'b', 'c'))).toEqual(['ack 3']);
    expect(received).toEqual(['a', 'b', 'c']);
  });

  it('may bring a message in parts, cut anywhere', async () => {
    const part = (offset: number, kind: number, bytes: Buffer): Uint8Array =>
      body(`from 1 ${offset}`, Buffer.concat([Buffer.of(bytes.length * 8 + kind), bytes]));
    const text = Buffer.from('日本');
    expect(await lines(SEND, part(0, 2, text.subarray(0, 2)))).toEqual(['ack 0']);
    expect(await lines(SEND, part(1, 2, text.subarray(1, 4)))).toEqual(['ack 0']);
    expect(await lines(SEND, part(4, 0, text.subarray(4)))).toEqual(['ack 1']);
    expect(received).toEqual(['日本']);
  });

  /** Five that come too early: the fifth is refused, and that shows that the others have come. */
  const comeEarly = async (): Promise<Promise<Answer>[]> => {
    const early = Array.from({ length: 5 }, () => ask(SEND, batch(2, 'two')));
    expect(await Promise.race(early)).toMatchObject({ status: 409 });
    expect(received).toEqual([]);
    return early;
  };

  it('waits for one that it overtook, four of them at most', async () => {
    const early = await comeEarly();
    expect(await lines(SEND, batch(1, 'one'))).toEqual(['ack 1']);
    const answers = (await Promise.all(early)).filter(({ status }) => status === 200);
    expect(answers.map((answer) => answer.lines)).toEqual(Array(4).fill(['ack 2']));
    expect(received).toEqual(['one', 'two']);
  });

  it('does not wait any more when the session has moved on', async () => {
    const early = await comeEarly();
    await ask(`attach ${ID} 2 0 -`);
    expect((await Promise.all(early)).map(({ status }) => status)).toEqual(Array(5).fill(409));
    expect(received).toEqual([]);
  });

  it('is superseded with an attempt that does not hold the session', async () => {
    for (const attempt of [0, 2, 999]) {
      expect(await lines(`send ${ID} ${attempt}`, batch(1, 'never'))).toEqual(['superseded']);
    }
    expect(received).toEqual([]);
  });

  it('is gone with a session that nobody knows', async () => {
    const unknown = ID.replace('a-', 'b-');
    expect(await lines(`send ${unknown} 1`, batch(1, 'never'))).toEqual(['gone']);
    expect(await lines(`poll ${unknown} 1 1 1000 poll`)).toEqual(['gone']);
    expect(received).toEqual([]);
  });

  it('passes over words that it does not know', async () => {
    expect(await lines(SEND, 'sing aloud', batch(1, 'a'), '__proto__')).toEqual(['ack 1']);
  });
});

describe('a poll', () => {
  beforeEach(async () => {
    await ask(NEW);
  });

  it('ends with what it brings', async () => {
    const { answer } = await begin(url, [`poll ${ID} 1 1 20000 poll`]);
    ours().send('news');
    const { lines: news, headers, bytes } = await answer;
    expect(news).toEqual(['batch 1', '1: news']);
    // As one write, whose length is known.
    expect(headers.get('content-length')).toBe(String(bytes.length));
    ours().send('more');
    expect(await lines(`poll ${ID} 1 2 20000 poll`, 'ack 1')).toEqual(['batch 2', '2: more']);
  });

  it('ends without anything when it was held as long as it may be', async () => {
    expect(await lines(`poll ${ID} 1 1 0 poll`)).toEqual(['batch 1']);
  });

  it('that comes twice is answered with the same bytes', async () => {
    ours().send('news');
    const first = await ask(`poll ${ID} 1 1 20000 poll`);
    expect(first.lines).toEqual(['batch 1', '1: news']);
    expect(await ask(`poll ${ID} 1 1 20000 poll`)).toMatchObject({ status: 200, bytes: first.bytes });
  });

  it('that comes twice while the first waits brings the same to both', async () => {
    const both = [
      await begin(url, [`poll ${ID} 1 1 20000 poll`]),
      await begin(url, [`poll ${ID} 1 1 20000 poll`]),
    ];
    ours().send('news');
    for (const { answer } of both) expect((await answer).lines).toEqual(['batch 1', '1: news']);
  });

  it('out of turn is refused', async () => {
    expect(await status(`poll ${ID} 1 2 0 poll`)).toBe(409);
    await ask(`poll ${ID} 1 1 0 poll`);
    await ask(`poll ${ID} 1 2 0 poll`);
    expect(await status(`poll ${ID} 1 1 0 poll`)).toBe(409);
    expect(await lines(`poll ${ID} 1 3 0 poll`)).toEqual(['batch 3']);
  });

  it('streams once the client has seen its beginning', async () => {
    const { answer } = await begin(url, [`poll ${ID} 1 1 20000 stream`]);
    await expect.poll(() => lines(SEND, 'seen 1')).toEqual(['ack 0', 'stream 1']);
    ours().send('one');
    ours().send('two');
    // The next poll ends this one, and streams from its beginning.
    const next = lines(`poll ${ID} 1 2 0 stream`, 'ack 2');
    expect((await answer).lines).toEqual(['probe 1', '1: one', '2: two']);
    expect(await next).toEqual(['stream 2']);
  });
});

describe('a client that breaks the rules', () => {
  it.each([
    ['acknowledges what was never sent', ['ack 99'], 1002],
    ['sends a malformed control frame', ['ack one'], 1002],
    ['sends a message without its number', [Uint8Array.of(8, 120)], 1002],
    ['attaches inside a body', [NEW], 1002],
    ['says what only the server says', ['from 1 0', 'close 1006 x'], 1002],
    ['sends text that is not UTF-8', ['from 1 0', Uint8Array.of(16, 0xff, 0xfe)], 1007],
  ])('loses its session if it %s', async (_, records, code) => {
    await ask(NEW);
    const ended = endOf(ours());
    expect(await status(SEND, ...records)).toBe(200);
    expect(await ended).toMatchObject([code, expect.anything()]);
    expect((await lines(SEND))[0]).toMatch(new RegExp(`^refused ${code} `));
    expect((await lines(`attach ${ID} 2 0 -`))[0]).toMatch(new RegExp(`^refused ${code} `));
    expect(received).toEqual([]);
  });

  it('loses its session if it leaves a gap where nothing can come between', async () => {
    expect((await lines(NEW, batch(2, 'two')))[0]).toMatch(/^refused 1002 /);
    expect(received).toEqual([]);
  });

  it('loses its session if its message grows beyond the limit, part by part', async () => {
    await ask(NEW);
    const part = (offset: number): Uint8Array =>
      body(`from 1 ${offset}`, Buffer.concat([Buffer.from([0x82, 0x20]), Buffer.alloc(512)]));
    expect(await lines(SEND, part(0))).toEqual(['ack 0']);
    expect(await lines(SEND, part(512))).toEqual(['ack 0']);
    await ask(SEND, part(1024));
    expect(await lines(SEND)).toEqual(['refused 1009 message too long']);
  });

  it.each<[string, (string | Uint8Array)[]]>([
    ['an empty body', []],
    ['bytes that are no records', [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)]],
    ['a form', [Buffer.from('name=value&other=value')]],
    ['a message', [batch(1, 'x')]],
    ['an unknown word', ['hello']],
    ['a malformed attach', [`attach ${ID} 1 old -`]],
    ['an attach with a short id', ['attach short 1 new -']],
    ['an attach with a name of every object', ['attach __proto__ 1 new -']],
    ['a poll of an unknown kind', [`poll ${ID} 1 1 1 push`]],
    ['an acknowledgement first', ['ack 1', SEND]],
  ])('is answered 400 for %s', async (_, records) => {
    await ask(NEW);
    expect(await status(...records)).toBe(400);
    expect(await lines(SEND, batch(1, 'goes on'))).toEqual(['ack 1']);
  });

  it('is answered 400 for a body that ends too early, and none of it is taken', async () => {
    await ask(NEW);
    const whole = body(SEND, batch(1, 'one', 'two'));
    for (const cut of [1, 10, whole.length - 1]) expect(await status(whole.subarray(0, cut))).toBe(400);
    expect(received).toEqual([]);
    expect(await lines(whole)).toEqual(['ack 2']);
  });

  it('is answered 413 for a body beyond 4 MiB', async () => {
    await ask(NEW);
    const { status, headers } = await ask(SEND, new Uint8Array(4 * 1024 * 1024));
    expect(status).toBe(413);
    expect(headers.get('connection')).toBe('close');
    expect(await lines(SEND, batch(1, 'goes on'))).toEqual(['ack 1']);
  });

  it('may go away in the middle of a body', async () => {
    await ask(NEW);
    const half = httpRequest(`${url.replace('ws', 'http')}?holdfast=1.x`, {
      method: 'POST',
      headers: { 'content-length': 1000 },
    });
    half.on('error', () => undefined);
    await new Promise((written) => half.write(body(SEND, batch(1, 'half')), written));
    half.destroy();
    expect(await lines(SEND, batch(1, 'whole'))).toEqual(['ack 1']);
    expect(received).toEqual(['whole']);
  });

  it('gets an answer to whatever bytes it sends', async () => {
    await ask(NEW);
    const bytes = fc.uint8Array({ maxLength: 200 });
    const heads = fc.constantFrom<(string | Uint8Array)[]>(
      [],
      [SEND],
      [SEND, 'from 1 0'],
      [`poll ${ID} 1 1 0 poll`],
      [`attach ${ID} 2 new -`],
    );
    await fc.assert(
      fc.asyncProperty(heads, bytes, async (head, rest) => {
        expect(await status(...head, rest)).toBeOneOf([200, 400, 409]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a WebSocket that breaks the rules', () => {
  const open = (token = `holdfast.attach.${ID}.1.new.-`) => {
    const socket = plain(url, ['holdfast.1', token]);
    return { socket, heard: hear(socket) };
  };

  it.each(['holdfast.attach.', 'holdfast.attach.short.1.new.-', `holdfast.attach.${ID}.01.new.-`, 'chat'])(
    'is refused for a malformed attach: %s',
    async (token) => {
      const { socket, heard } = open(token);
      expect(await once(socket, 'close')).toMatchObject([1000, expect.anything()]);
      expect(heard).toEqual(['␐refused 1002 no attach, or a malformed one']);
      expect(loopback.accepted).toHaveLength(1);
    },
  );

  it.each([
    ['acknowledges what was never sent', '\x10ack 99', 1002],
    ['sends a malformed control frame', '\x10ack one', 1002],
    ['sends a malformed attach', '\x10attach', 1002],
    ['claims to close with a code that is none', '\x10close 1006 x', 1002],
  ])('loses its session if it %s', async (_, line, code) => {
    const { socket, heard } = open();
    await once(socket, 'message');
    const ended = endOf(ours());
    socket.send(line);
    expect(await ended).toMatchObject([code, expect.anything()]);
    await once(socket, 'close');
    expect(heard[1]).toMatch(new RegExp(`^␐refused ${code} `));
  });

  it('loses its session with a message beyond the limit', async () => {
    const { socket } = open();
    await once(socket, 'message');
    const ended = endOf(ours());
    socket.send('x'.repeat(1026));
    expect(await ended).toMatchObject([1009, expect.anything()]);
    expect(await lines(`attach ${ID} 2 0 -`)).toEqual(['refused 1009 message too long']);
  });

  it('is not heard with words that belong to HTTP, or to nobody', async () => {
    const { socket, heard } = open();
    await once(socket, 'message');
    for (const line of [SEND, `poll ${ID} 1 1 1 poll`, 'seen 1', 'from 9 0', 'sing', ''])
      socket.send(`\x10${line}`);
    socket.send('text');
    await expect.poll(() => received).toEqual(['text']);
    expect(heard[0]).toMatch(/^␐welcome/);
    expect(heard.slice(1).filter((line) => line.startsWith('␐'))).toEqual([]);
  });

  it('that stands by takes the session over when it says so', async () => {
    await ask(NEW);
    const { socket, heard } = open(`holdfast.attach.${ID}.0.0.-`);
    await once(socket, 'message');
    expect(heard).toEqual(['␐superseded']);
    socket.send('not heard: it carries nothing');
    socket.send(`\x10attach ${ID} 2 0 -`);
    await once(socket, 'message');
    expect(heard[1]).toMatch(/^␐welcome/);
    socket.send('heard');
    await expect.poll(() => received).toEqual(['heard']);
    expect(await lines(SEND)).toEqual(['superseded']);
  });

  it('that has a lower attempt is superseded, and its attach with a higher one holds', async () => {
    await ask(NEW);
    await ask(`attach ${ID} 5 0 -`);
    const { socket, heard } = open(`holdfast.attach.${ID}.3.0.-`);
    await once(socket, 'message');
    socket.send(`\x10attach ${ID} 6 0 -`);
    await once(socket, 'message');
    expect(heard).toMatchObject(['␐superseded', expect.stringMatching(/^␐welcome/)]);
  });
});
