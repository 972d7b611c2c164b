import { describe, expect, it } from 'vitest';
import { Herd } from '../src/herd.ts';
import { Scheduler } from '../src/scheduler.ts';
import { FakeClock } from './fake-clock.ts';

function start() {
  const clock = new FakeClock();
  const told: number[] = [];
  const scene = {
    size: 0,
    come(clients: number): void {
      for (let i = 0; i < clients; i++) {
        scene.size++;
        herd.grow();
      }
    },
  };
  const herd: Herd = new Herd(
    new Scheduler(clock),
    () => scene.size,
    () => told.push(herd.spread),
  );
  return { scene, clock, told, herd };
}

describe('a herd', () => {
  it('is told once, a second behind those who made it one', () => {
    const { scene, clock, told } = start();
    scene.come(1600);
    clock.run(900);
    expect(told).toEqual([]);
    clock.run(200);
    expect(told).toEqual([1600]);
    clock.run(10_000);
    expect(told).toEqual([1600]);
  });

  it('is told in time, whoever comes meanwhile', () => {
    const { scene, clock, told } = start();
    scene.come(300);
    clock.run(900);
    scene.come(1);
    clock.run(200);
    expect(told).toEqual([301]);
  });

  it('is told again when it has doubled', () => {
    const { scene, clock, told } = start();
    scene.come(300);
    clock.run(2000);
    scene.come(290);
    clock.run(2000);
    expect(told).toEqual([300]);
    scene.come(10);
    clock.run(2000);
    expect(told).toEqual([300, 600]);
  });

  it('has doubled since it was smallest', () => {
    const { scene, clock, told } = start();
    scene.come(900);
    clock.run(2000);
    scene.size = 200;
    scene.come(250);
    clock.run(2000);
    expect(told).toEqual([900, 450]);
  });

  it('is not told when nobody comes any more', () => {
    const { scene, clock, told, herd } = start();
    scene.come(300);
    herd.end();
    clock.run(2000);
    expect(told).toEqual([]);
  });
});
