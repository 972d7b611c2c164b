import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endOfClient, faces, open } from './faces.ts';

describe.each(faces)('%s', (_, face) => {
  it.each<[string, [number?, string?], number, string]>([
    ['a code and a reason', [4001, 'genug für heute ✓'], 4001, 'genug für heute ✓'],
    ['a code', [1000], 1000, ''],
    ['neither', [], 1005, ''],
  ])('hears that its client closes, with %s', async (_case, args, code, reason) => {
    const { socket, client, server } = await open(face);
    const ended = once(socket, 'close');
    const clientEnded = endOfClient(client);
    client.close(...args);
    expect(await ended).toEqual([code, Buffer.from(reason)]);
    expect(socket.readyState).toBe(3);
    expect(await clientEnded).toEqual({ code, reason, wasClean: true });
    expect(server.clients.size).toBe(0);
  });

  it.each<[string, [(number | undefined)?, (string | Buffer)?], number, string]>([
    ['a code and a reason', [4001, 'genug für heute ✓'], 4001, 'genug für heute ✓'],
    ['a reason as bytes', [3000, Buffer.from('é')], 3000, 'é'],
    ['a reason without a code, which does not travel', [undefined, 'unheard'], 1005, ''],
    ['neither', [], 1005, ''],
    ['the longest reason', [1000, 'é'.repeat(61)], 1000, 'é'.repeat(61)],
  ])('closes with %s', async (_case, args, code, reason) => {
    const { socket, client } = await open(face);
    const ended = once(socket, 'close');
    const clientEnded = endOfClient(client);
    const states = [socket.readyState];
    socket.on('close', () => states.push(socket.readyState));
    socket.close(...args);
    states.push(socket.readyState);
    expect(await clientEnded).toEqual({ code, reason, wasClean: true });
    expect(await ended).toEqual([code, Buffer.from(reason)]);
    expect(states).toEqual([1, 2, 3]);
  });

  it('closes behind what it has sent', async () => {
    const { socket, client, heard } = await open(face);
    const clientEnded = endOfClient(client);
    for (const text of ['a', 'b', 'c']) socket.send(text);
    socket.close(1000);
    await clientEnded;
    expect(heard).toEqual(['a', 'b', 'c']);
  });

  it('throws for what cannot be sent as a close, and stays open', async () => {
    const { socket } = await open(face);
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, '1000', null]) {
      expect(() => {
        socket.close(code as number);
      }).toThrow(new TypeError('First argument must be a valid error code number'));
    }
    expect(() => {
      socket.close(1000, 'é'.repeat(62));
    }).toThrow(new RangeError('The message must not be greater than 123 bytes'));
    expect(() => {
      socket.close(1000, ['x'] as unknown as string);
    }).toThrow(TypeError);
    expect(socket.readyState).toBe(1);
    socket.close();
    // What is closing already has nothing to complain of.
    socket.close(5000);
    expect(socket.readyState).toBe(2);
  });

  it('tells of its termination once, and not before terminate has returned', async () => {
    const { socket, server } = await open(face);
    const ends: unknown[] = [];
    socket.on('close', (code, reason) => ends.push([code, reason, socket.readyState]));
    socket.terminate();
    socket.terminate();
    socket.close();
    expect(ends).toEqual([]);
    expect(socket.readyState).toBe(2);
    expect(server.clients.has(socket)).toBe(true);
    await once(socket, 'close');
    expect(ends).toEqual([[1006, Buffer.alloc(0), 3]]);
    expect(server.clients.has(socket)).toBe(false);
    socket.terminate();
  });
});
