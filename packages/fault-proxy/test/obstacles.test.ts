import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Line, begin, exchange, settle, settlePath, startWorld } from './harness.ts';

/** A world whose server leaves every response to the test, but answers the requests of `settle`. */
async function startSlowWorld() {
  const responses: ServerResponse[] = [];
  const waiting: ((response: ServerResponse) => void)[] = [];
  const world = await startWorld((_request, response) => {
    const next = waiting.shift();
    if (next) next(response);
    else responses.push(response);
  });
  const nextResponse = async (): Promise<ServerResponse> =>
    responses.shift() ?? (await new Promise((resolve) => waiting.push(resolve)));
  return { ...world, nextResponse };
}

/** A server that says how often each body has come. */
async function startCountingWorld(seed = 1) {
  const bodies: string[] = [];
  const world = await startWorld(
    (request, response) => {
      let body = '';
      request.on('data', (bytes) => (body += String(bytes)));
      request.on('end', () => {
        bodies.push(body);
        response.end(`number ${bodies.length}`);
      });
    },
    { seed },
  );
  return { ...world, bodies };
}

describe('responses held back', () => {
  it('waits for the end of the response, head included', async () => {
    const { proxy, server, nextResponse } = await startSlowWorld();
    proxy.set({ responses: 'buffer' });
    let begun = false;
    const answer = begin(proxy.port).then((answer) => {
      begun = true;
      return answer;
    });
    const response = await nextResponse();
    response.write('one ');
    await settleBeside(proxy, server);
    expect(begun).toBe(false);
    response.end('two');
    expect(await (await answer).text).toBe('one two');
  });

  it('begins in the middle of a response, and lets go when the weather clears', async () => {
    const { proxy, server, nextResponse } = await startSlowWorld();
    const answer = begin(proxy.port);
    const response = await nextResponse();
    response.write('before ');
    const { chunks, response: received } = await answer;
    await once(received, 'data');
    proxy.set({ responses: 'buffer' });
    response.write('during ');
    await settle(server);
    expect(chunks).toEqual(['before ']);
    proxy.clear();
    await once(received, 'data');
    expect(chunks).toEqual(['before ', 'during ']);
  });

  it('lets go of a head that it has held alone', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ responses: 'buffer' });
    const answer = begin(proxy.port);
    (await nextResponse()).flushHeaders();
    proxy.clear();
    expect((await answer).response.statusCode).toBe(200);
  });

  it('passes a response on in blocks', async () => {
    const { proxy, server, nextResponse } = await startSlowWorld();
    proxy.set({ responses: 4 });
    const answer = begin(proxy.port);
    const response = await nextResponse();
    response.write('abcdefghij');
    const { chunks, text } = await answer;
    await settle(server);
    expect(chunks.join('')).toBe('abcdefgh');
    response.end('kl!');
    expect(await text).toBe('abcdefghijkl!');
  });

  it('resets when the server dies before the end', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ responses: 'buffer' });
    const answer = begin(proxy.port);
    const response = await nextResponse();
    response.write('something', () => response.socket?.resetAndDestroy());
    await expect(answer).rejects.toThrow();
  });

  /** With everything buffered, the round trips must be ones that end. */
  const settleBeside = async (proxy: { port: number }, server: Parameters<typeof settle>[0]) => {
    await settle(server);
    for (let round = 0; round < 5; round++) await exchange(proxy.port, '', { path: settlePath });
  };
});

describe('requests that arrive twice', () => {
  it('delivers every POST twice and relays the first answer', async () => {
    const { proxy, bodies, server } = await startCountingWorld();
    proxy.set({ requests: 'doubled' });
    const answer = await exchange(proxy.port, 'once');
    while (bodies.length < 2) await settle(server);
    expect(bodies).toEqual(['once', 'once']);
    expect(answer.body).toMatch(/number [12]/);
  });

  it('delivers the second one although the first has not been answered', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ requests: 'doubled' });
    const answer = exchange(proxy.port, 'poll');
    const [first, second] = [await nextResponse(), await nextResponse()];
    first.end('first');
    second.end('second');
    expect((await answer).body).toMatch(/first|second/);
  });

  it('ends the second answer with the first', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ requests: 'doubled' });
    const answer = begin(proxy.port, 'stream');
    const responses = [await nextResponse(), await nextResponse()];
    for (const response of responses) response.flushHeaders();
    const { request } = await answer;
    const closed = responses.map((response) => once(response, 'close'));
    request.destroy();
    await Promise.all(closed);
  });

  it('gives up a second request that is never answered when the proxy closes', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ requests: 'doubled' });
    const refused = expect(exchange(proxy.port, 'poll')).rejects.toThrow();
    const responses = [await nextResponse(), await nextResponse()];
    const closed = responses.map((response) => once(response, 'close'));
    await proxy.close();
    await Promise.all(closed);
    await refused;
  });

  it('relays the second answer of a request that it retried', async () => {
    const { proxy, bodies } = await startCountingWorld();
    proxy.set({ requests: 'retried' });
    expect((await exchange(proxy.port, 'again')).body).toBe('number 2');
    expect(bodies).toEqual(['again', 'again']);
  });

  it('repeats nothing but POST', async () => {
    const { proxy, bodies, server } = await startCountingWorld();
    for (const requests of ['doubled', 'retried'] as const) {
      proxy.set({ requests });
      await exchange(proxy.port, '', { method: 'GET' });
    }
    await settle(server);
    expect(bodies).toHaveLength(2);
  });
});

describe('answers that are lost', () => {
  it('resets the connection after the request has taken effect', async () => {
    const { proxy, bodies } = await startCountingWorld();
    proxy.set({ loseAnswers: 1 });
    const line = new Line(proxy.port);
    line.send('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 13\r\n\r\ndid it count?');
    expect(await line.ended()).toBe('ECONNRESET');
    expect(line.received).toBe('');
    expect(bodies).toEqual(['did it count?']);
  });

  it('loses a fraction of them, the same ones for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const { proxy } = await startCountingWorld(seed);
      proxy.set({ loseAnswers: 0.5 });
      let outcome = '';
      for (let each = 0; each < 40; each++) {
        outcome += await exchange(proxy.port).then(
          () => '+',
          () => '-',
        );
      }
      return outcome;
    };
    const [first, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first.replaceAll('+', '').length).toBeGreaterThan(8);
    expect(first.replaceAll('-', '').length).toBeGreaterThan(8);
  });
});

describe('requests that last too long', () => {
  it('answers 504, and gives up at the server', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ maxRequestTime: 30 });
    const answer = exchange(proxy.port);
    const given = once(await nextResponse(), 'close');
    expect((await answer).status).toBe(504);
    await given;
  });

  it('resets instead, if so asked', async () => {
    const { proxy } = await startSlowWorld();
    proxy.set({ maxRequestTime: 30, maxRequestTimeAnswer: 'reset' });
    await expect(exchange(proxy.port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('resets a response that is still streaming', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ maxRequestTime: 100 });
    const answer = begin(proxy.port);
    (await nextResponse()).write('on and on');
    await expect((await answer).text).rejects.toThrow('aborted');
  });

  it('answers 504 to a response that is held back', async () => {
    const { proxy, nextResponse } = await startSlowWorld();
    proxy.set({ maxRequestTime: 30, responses: 'buffer' });
    const answer = exchange(proxy.port);
    (await nextResponse()).write('on and on');
    expect((await answer).status).toBe(504);
  });

  it('leaves the shorter ones alone', async () => {
    const { proxy } = await startWorld();
    proxy.set({ maxRequestTime: 60_000 });
    expect((await exchange(proxy.port, 'quick')).body).toBe('quick');
  });
});

it('answers 413 to a body above the limit, which the server never sees', async () => {
  const { proxy, bodies } = await startCountingWorld();
  proxy.set({ maxBody: 4 });
  expect((await exchange(proxy.port, '12345')).status).toBe(413);
  expect((await exchange(proxy.port, '1234')).status).toBe(200);
  expect(bodies).toEqual(['1234']);
});

it('answers a share of the requests itself', async () => {
  const { proxy, bodies } = await startCountingWorld();
  proxy.set({ status: { code: 503, share: 0.5, retryAfter: 3 } });
  let refused = 0;
  for (let each = 0; each < 40; each++) {
    const { status, headers } = await exchange(proxy.port);
    if (status !== 503) continue;
    refused++;
    expect(headers['retry-after']).toBe('3');
  }
  expect(refused).toBeGreaterThan(8);
  expect(bodies).toHaveLength(40 - refused);
  expect(refused).toBeLessThan(40);
});
