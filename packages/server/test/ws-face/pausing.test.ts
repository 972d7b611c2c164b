import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createWebSocketStream as wsStream } from 'ws';
import { createWebSocketStream } from '../../src/index.ts';
import { faces, open } from './faces.ts';

describe.each(faces)('%s', (_, face) => {
  it('emits no message while it is paused, and all of them in order when it resumes', async () => {
    const { socket, client } = await open(face);
    const heard: string[] = [];
    socket.on('message', (data) => heard.push((data as Buffer).toString()));
    socket.pause();
    expect(socket.isPaused).toBe(true);
    for (const text of ['a', 'b', 'c']) client.send(text);
    // Something that comes back proves that they had the time to arrive.
    socket.send('there');
    await once(client as unknown as EventTarget, 'message');
    expect(heard).toEqual([]);
    socket.resume();
    expect(socket.isPaused).toBe(false);
    await expect.poll(() => heard).toEqual(['a', 'b', 'c']);
  });

  it('is a stream that ends with the client', async () => {
    const { socket, client } = await open(face);
    const stream = face === faces[0]?.[1] ? wsStream(socket) : createWebSocketStream(socket);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = once(stream, 'end');
    client.send('one');
    client.send('two');
    client.close();
    await ended;
    expect(Buffer.concat(chunks).toString()).toBe('onetwo');
    stream.end();
    await once(stream, 'close');
  });
});
