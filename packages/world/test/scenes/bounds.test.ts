/** Every queue has a bound. */
import { describe, expect, it } from 'vitest';
import { start } from './scene.ts';

describe('the server', () => {
  it('keeps what a slow reader has not taken within its bound, and says why it closes', () => {
    const { world, socket, talk } = start({}, {}, { maxBuffered: { maxMessages: 100 } });
    talk.run(10, 10);
    world.network.silence('down');
    const ends: unknown[] = [];
    socket.onclose = ({ code }) => ends.push(code);
    const peer = world.accepted[0];
    for (let i = 0; i <= 100 && peer?.readyState === 1; i++) peer.send('x');
    talk.pass(0);
    expect(peer?.readyState).toBe(3);
    world.network.cut();
    world.network.speak();
    talk.socket.onmessage = null;
    talk.pass(5000);
    expect(ends).toEqual([3950]);
  });
});
