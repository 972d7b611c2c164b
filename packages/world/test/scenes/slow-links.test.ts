/** Links so slow that a large message takes longer than a link may be silent: 64 kbit/s, and 1 MiB. */
import { describe, expect, it } from 'vitest';
import type { TransportName } from '@holdfast/client';
import { start, type Beginning } from './scene.ts';

const MIB = 1024 * 1024;
/** Bytes a ms. */
const bandwidth = 8;

/** How long a large message to the page takes, in ms, and one that comes behind it. */
function down({ world, socket, talk }: Beginning, limit: number): number {
  talk.pass(20_000);
  const lengths: number[] = [];
  socket.onmessage = ({ data }) => lengths.push((data as string).length);
  const began = world.clock.now();
  world.accepted[0]?.send('x'.repeat(MIB));
  world.accepted[0]?.send('and more');
  world.clock.runUntil(() => lengths.length === 2, limit);
  expect(lengths).toEqual([MIB, 8]);
  return world.clock.now() - began;
}

describe('a large message to a page on a slow link', () => {
  it.each<[string, TransportName[]]>([
    ['streaming', ['streaming', 'polling']],
    ['polling', ['polling']],
  ])('arrives over %s in the time that it takes, which is longer than the resume window', (_, transports) => {
    const scene = start({ transports }, { bandwidth });
    expect(down(scene, 200_000)).toBeLessThan(135_000);
    expect(scene.log).not.toContain('sessionlost');
    expect(scene.log.filter((entry) => entry === 'none')).toEqual([]);
  });

  it('arrives over HTTP if the WebSocket shows nothing of it, and the way back waits until it is here', () => {
    const scene = start({}, { bandwidth });
    // The silence is noticed, and then it begins anew.
    expect(down(scene, 300_000)).toBeLessThan(180_000);
    scene.talk.pass(20_000);
    expect(scene.socket.transport).toBe('websocket');
  });
});
