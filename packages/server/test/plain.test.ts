/** A page's socket on servers that know nothing of Holdfast: plain, and what it says if it is not. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer, type ServerOptions, type WebSocket as Wire } from 'ws';
import { HoldfastSocket, type HoldfastOptions } from '@holdfast/client';
import { listen, network, serve as holdfast, urlOf } from './loopback.ts';

const QUICK = { minDelay: 10, maxDelay: 40 };

/** A WebSocket server of `ws` and what it saw. */
async function serve(options: ServerOptions = {}) {
  const http = await listen();
  const server = new WebSocketServer({ server: http, ...options });
  const wires: Wire[] = [];
  const received: string[] = [];
  server.on('connection', (wire) => {
    wires.push(wire);
    wire.on('error', () => undefined);
    wire.on('message', (data) => received.push((data as Buffer).toString()));
  });
  onTestFinished(() => {
    for (const wire of wires) wire.terminate();
  });
  return { http, server, url: urlOf(http), wires, received };
}

/** A page's socket, and its events in their order. */
function page(url: string | (() => string | Promise<string>), options: HoldfastOptions = {}) {
  const socket = new HoldfastSocket(url, [], { plain: true, reconnect: QUICK, ...network(), ...options });
  socket.binaryType = 'arraybuffer';
  onTestFinished(() => {
    socket.close();
  });
  const log: string[] = [];
  socket.onopen = () => log.push('open');
  socket.onerror = () => log.push('error');
  socket.onclose = ({ code, reason, wasClean }) =>
    log.push(`close ${code} ${reason} ${wasClean ? 'clean' : 'unclean'}`);
  socket.onmessage = ({ data }) => log.push(String(data));
  socket.onsessionlost = ({ unacknowledged, resent }) =>
    log.push(`${unacknowledged} lost${resent ? ', resent' : ''}`);
  return { socket, log };
}

describe('a plain socket', () => {
  it('talks to a WebSocket server as the W3C class does', async () => {
    const { url, wires, received } = await serve({ handleProtocols: (offered) => [...offered][1] ?? false });
    const socket = new HoldfastSocket(url, ['one', 'two'], { plain: true, ...network() });
    socket.binaryType = 'arraybuffer';
    expect(() => {
      socket.send('queued');
    }).not.toThrow();
    await once(socket, 'open');
    expect(socket.protocol).toBe('two');
    await expect.poll(() => received).toEqual(['queued']);
    for (const message of ['text', '\u0010not a control frame', Buffer.of(1, 2)]) wires[0]?.send(message);
    const got: unknown[] = [];
    socket.onmessage = ({ data }) =>
      got.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
    await expect.poll(() => got.length).toBe(3);
    expect(got).toEqual(['text', '\u0010not a control frame', Uint8Array.of(1, 2)]);
    const closed = once(wires[0] as Wire, 'close');
    socket.close(4000, 'done');
    const [event] = (await once(socket, 'close')) as [CloseEvent];
    expect(event).toMatchObject({ code: 4000, reason: 'done', wasClean: true });
    expect(await closed).toEqual([4000, Buffer.from('done')]);
  });

  it('reports a lost link with 1006, and opens again', async () => {
    const { url, wires } = await serve();
    const { socket, log } = page(url);
    await expect.poll(() => log).toEqual(['open']);
    wires[0]?.terminate();
    await expect.poll(() => log).toEqual(['open', 'error', 'close 1006  unclean', 'open']);
    expect(socket.readyState).toBe(1);
    expect(socket.diagnostics.map(({ reason }) => reason)).not.toContain('session-lost');
  });

  it('is connecting between two links, and sends then what it was given meanwhile', async () => {
    const { url, wires, received } = await serve();
    const { socket, log } = page(url);
    await expect.poll(() => log).toEqual(['open']);
    const states: number[] = [];
    socket.addEventListener('close', () => {
      states.push(socket.readyState);
      socket.send('meanwhile');
    });
    wires[0]?.terminate();
    await expect.poll(() => received).toEqual(['meanwhile']);
    expect(states).toEqual([0]);
  });

  it('says what the server said, and comes back unless that was 1000', async () => {
    const { url, wires } = await serve();
    const { socket, log } = page(url);
    await expect.poll(() => log).toEqual(['open']);
    wires[0]?.close(1012, 'restart');
    await expect.poll(() => log).toEqual(['open', 'close 1012 restart clean', 'open']);
    wires[1]?.close(1000, 'goodbye');
    await expect.poll(() => log.at(-1)).toBe('close 1000 goodbye clean');
    expect(socket.state).toMatchObject({ name: 'closed', code: 1000, reason: 'goodbye' });
  });

  it('ends with whatever the server says if it may not come back', async () => {
    const { url, wires } = await serve();
    const { socket, log } = page(url, { reconnect: false });
    await expect.poll(() => log).toEqual(['open']);
    wires[0]?.close(4400, 'no more');
    await expect.poll(() => log).toEqual(['open', 'close 4400 no more clean']);
    expect(socket.readyState).toBe(3);
  });

  it('ends once, with 1006, if its link is lost and it may not come back', async () => {
    const { url, wires } = await serve();
    const { log } = page(url, { reconnect: false });
    await expect.poll(() => log).toEqual(['open']);
    wires[0]?.terminate();
    await expect.poll(() => log).toEqual(['open', 'error', 'close 1006  unclean']);
  });

  it('does not die of a URL function that rejects once', async () => {
    const { url } = await serve();
    let asked = 0;
    const { log } = page(() => (++asked === 1 ? Promise.reject(new Error('not now')) : url));
    await expect.poll(() => log).toEqual(['open']);
    expect(asked).toBe(2);
  });

  it('tells of what was handed over and never answered for, and does not send it twice', async () => {
    const { url, wires, received } = await serve();
    const { socket, log } = page(url);
    await expect.poll(() => log).toEqual(['open']);
    for (const text of ['a', 'b', 'c']) socket.send(text);
    await expect.poll(() => received).toEqual(['a', 'b', 'c']);
    wires[0]?.terminate();
    await expect.poll(() => log).toEqual(['open', 'error', 'close 1006  unclean', '3 lost', 'open']);
    socket.send('d');
    await expect.poll(() => received).toEqual(['a', 'b', 'c', 'd']);
  });

  it('sends it again if that is wanted', async () => {
    const { url, wires, received } = await serve();
    const { socket, log } = page(url, { sessionLost: 'resend' });
    await expect.poll(() => log).toEqual(['open']);
    socket.send('a');
    await expect.poll(() => received).toEqual(['a']);
    wires[0]?.terminate();
    await expect.poll(() => received).toEqual(['a', 'a']);
    expect(log).toContain('1 lost, resent');
  });

  it('knows of what its ping was answered behind', async () => {
    const { url, wires, received } = await serve();
    let pings = 0;
    const { socket, log } = page(url, {
      plain: { ping: () => `ping ${++pings}`, isPong: (data) => data === 'pong', pingInterval: 50 },
    });
    await expect.poll(() => log).toEqual(['open']);
    await expect.poll(() => received).toEqual(['ping 1']);
    socket.send('a');
    await expect.poll(() => received).toEqual(['ping 1', 'a']);
    // The answer to the first ping says nothing of what came behind it.
    wires[0]?.send('pong');
    wires[0]?.terminate();
    await expect
      .poll(() => log.filter((line) => line !== 'error'))
      .toEqual(['open', 'close 1006  unclean', '1 lost', 'open']);
    expect(log).not.toContain('pong');
    expect(socket.latency).toBeDefined();
  });

  it('leaves a link that answers no ping', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { url, wires } = await serve();
    const { log } = page(url, {
      plain: { ping: 'ping', isPong: (data) => data === 'pong', pingInterval: 20 },
    });
    await expect.poll(() => wires.length).toBe(1);
    wires[0]?.on('message', () => wires[0]?.send('pong'));
    wires[0]?.send('pong');
    await expect.poll(() => log).toEqual(['open']);
    wires[0]?.removeAllListeners('message');
    const opened = (): number => {
      vi.advanceTimersByTime(500);
      return log.filter((line) => line === 'open').length;
    };
    await expect.poll(opened, { timeout: 20_000 }).toBe(2);
    expect(log).toContain('close 1006  unclean');
  }, 30_000);

  it('survives what its ping throws, and lets the error surface', async () => {
    const { url } = await serve();
    const rejected = new Promise((resolve) => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      process.once('unhandledRejection', resolve);
      onTestFinished(() => {
        for (const listener of listeners) process.on('unhandledRejection', listener);
      });
    });
    const { log } = page(url, {
      plain: {
        ping: () => {
          throw new Error('of the application');
        },
      },
    });
    await expect.poll(() => log).toEqual(['open']);
    expect(String(await rejected)).toContain('of the application');
  });

  it('gives up when it is told to, and says why', async () => {
    const { url, http } = await serve();
    http.close();
    await once(http, 'close');
    const { socket, log } = page(url, { reconnect: { ...QUICK, maxAttempts: 2 } });
    await expect.poll(() => log).toEqual(['error', 'close 1006  unclean']);
    expect(socket.state).toEqual({ name: 'closed', code: 1006, reason: '', detail: 'closed with 1006 ' });
  });
});

describe('reconnect', () => {
  it('replaces a plain link', async () => {
    const { url, wires } = await serve();
    const { socket, log } = page(url);
    await expect.poll(() => log).toEqual(['open']);
    socket.reconnect();
    await expect.poll(() => wires.length).toBe(2);
    await expect.poll(() => log.at(-1)).toBe('open');
  });

  it('does not wait for the next try', async () => {
    const { url, http } = await serve();
    const { port } = http.address() as { port: number };
    http.close();
    http.closeAllConnections();
    await once(http, 'close');
    const { socket, log } = page(url, { reconnect: { minDelay: 3_600_000, maxDelay: 3_600_000 } });
    await expect.poll(() => socket.state.name).toBe('waiting');
    const again = createServer();
    new WebSocketServer({ server: again });
    again.listen(port, '127.0.0.1');
    await once(again, 'listening');
    onTestFinished(() => {
      again.close();
      again.closeAllConnections();
    });
    socket.reconnect();
    await expect.poll(() => log).toEqual(['open']);
  });

  it('begins anew after the end, and in the middle of a close', async () => {
    const { url, wires } = await serve();
    const { socket, log } = page(url);
    await expect.poll(() => log).toEqual(['open']);
    socket.close(1000);
    await expect.poll(() => log.length).toBe(2);
    socket.reconnect();
    expect(socket.readyState).toBe(0);
    await expect.poll(() => log.length).toBe(3);
    expect(log).toEqual(['open', 'close 1000  clean', 'open']);
    socket.close(4000);
    socket.reconnect();
    await expect.poll(() => log.at(-1)).toBe('open');
    expect(log.slice(3)).toEqual(['error', 'close 1006  unclean', 'open']);
    expect(wires).toHaveLength(3);
  });
});

describe('a socket that is not plain', () => {
  it('goes on with its session when it reconnects', async () => {
    const { url, accepted, received } = await holdfast();
    const { socket, log } = page(url, { plain: false });
    await expect.poll(() => log).toEqual(['open']);
    const changes: unknown[] = [];
    socket.ontransportchange = ({ transport }) => changes.push(transport);
    socket.send('before');
    socket.reconnect();
    socket.send('after');
    await expect.poll(() => received).toEqual(['before', 'after']);
    expect(changes).toContain(undefined);
    expect(accepted).toHaveLength(1);
    expect(log).toEqual(['open']);
  });

  it.each([
    ['chooses the first subprotocol, and talks', undefined, 'hello'],
    ['chooses another one', (offered: Set<string>) => [...offered][1] ?? false, undefined],
  ])('says so on a server that %s', async (_what, handleProtocols, greeting) => {
    const { url, server } = await serve(handleProtocols ? { handleProtocols } : {});
    if (greeting)
      server.on('connection', (wire) => {
        wire.send(greeting);
      });
    const { socket, log } = page(url, { plain: false });
    await expect
      .poll(() => log, { timeout: 5000 })
      .toEqual([
        'error',
        'close 1002 the server does not speak holdfast.1; for other WebSocket servers, pass plain: true unclean',
      ]);
    expect(socket.diagnostics.map(({ reason }) => reason)).toContain('not-holdfast');
  });

  it('goes on trying as long as only HTTP is answered by somebody else', async () => {
    const http = await listen();
    const { socket, log } = page(urlOf(http), { plain: false });
    await expect
      .poll(() => socket.diagnostics.filter(({ reason }) => reason === 'not-holdfast').length)
      .toBeGreaterThan(1);
    expect(log).toEqual([]);
    expect(socket.readyState).toBe(0);
  });
});
