import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Alarm, Scheduler } from '../src/scheduler.ts';
import { FakeClock } from './fake-clock.ts';

let clock: FakeClock;
let scheduler: Scheduler;
let rung: string[];

/** An alarm that notes its name and the time. */
const alarm = (name = 'alarm'): Alarm => new Alarm(() => rung.push(`${name} ${clock.now()}`));
const ringing = (name: string, at: number): Alarm => {
  const made = alarm(name);
  scheduler.set(made, at);
  return made;
};

beforeEach(() => {
  clock = new FakeClock();
  scheduler = new Scheduler(clock);
  rung = [];
});

describe('an alarm', () => {
  it('rings at its instant, or a day of 25 ms later at most, and once', () => {
    ringing('a', 1000);
    ringing('b', 1001);
    clock.run(999);
    expect(rung).toEqual([]);
    clock.run(10_000);
    expect(rung).toEqual(['a 1000', 'b 1025']);
  });

  it('rings at once if its instant is over', () => {
    clock.run(1000);
    ringing('late', 300);
    clock.run(0);
    expect(rung).toEqual(['late 1000']);
  });

  it('rings even if timers fire early, and without a further one', () => {
    clock.hurried = true;
    ringing('a', 1000);
    clock.run(1000);
    expect(rung).toHaveLength(1);
    expect(clock.made).toBe(1);
  });

  it('rings with a timer that fires a little early', () => {
    let now = 0;
    let fire: () => void = () => undefined;
    const early = new Scheduler({
      now: () => now,
      setTimeout: (callback) => (fire = callback),
      clearTimeout: () => undefined,
    });
    let rings = 0;
    early.set(new Alarm(() => rings++), 100);
    now = 99.6;
    fire();
    expect(rings).toBe(1);
  });

  it('rings later when it is set later, which costs nothing', () => {
    const moving = ringing('moving', 1000);
    for (let i = 0; i < 1000; i++) scheduler.set(moving, 1000 + i);
    expect(clock.made).toBe(1);
    clock.run(1998);
    expect(rung).toEqual([]);
    clock.run(27);
    expect(rung).toEqual(['moving 2000']);
  });

  it('rings earlier when it is set earlier', () => {
    const moving = ringing('moving', 10_000);
    scheduler.set(moving, 500);
    expect(clock.pending).toBe(1);
    clock.run(20_000);
    expect(rung).toEqual(['moving 500']);
  });

  it('does not ring once it is cancelled, and leaves no timer behind', () => {
    const cancelled = ringing('cancelled', 1000);
    scheduler.cancel(cancelled);
    expect(clock.pending).toBe(0);
    scheduler.cancel(cancelled);
    clock.run(2000);
    expect(rung).toEqual([]);
  });

  it('leaves no timer behind, though it was moved before it was cancelled', () => {
    const moved = ringing('moved', 1000);
    scheduler.set(moved, 500);
    scheduler.cancel(moved);
    expect(clock.pending).toBe(0);
  });

  it('does not ring once it is set to never', () => {
    const moving = ringing('moving', 1000);
    scheduler.set(moving, Infinity);
    clock.run(5000);
    expect(rung).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('can be set again after it was cancelled, or has rung', () => {
    const again = ringing('again', 100);
    scheduler.cancel(again);
    scheduler.set(again, 200);
    clock.run(200);
    scheduler.set(again, 300);
    clock.run(100);
    expect(rung).toEqual(['again 200', 'again 300']);
  });

  it('can set itself again while it rings', () => {
    const ticking: Alarm = new Alarm(() => {
      rung.push(String(clock.now()));
      scheduler.set(ticking, clock.now() + 100);
    });
    scheduler.set(ticking, 100);
    clock.run(350);
    expect(rung).toEqual(['100', '200', '300']);
  });

  it('can cancel and set others while it rings, those of the same day too', () => {
    const cancelled = alarm('cancelled');
    const moved = alarm('moved');
    scheduler.set(
      new Alarm(() => {
        rung.push('first');
        scheduler.cancel(cancelled);
        scheduler.set(moved, 500);
        ringing('new', 400);
      }),
      1,
    );
    scheduler.set(cancelled, 2);
    scheduler.set(moved, 3);
    clock.run(1000);
    expect(rung).toEqual(['first', 'new 400', 'moved 500']);
    expect(clock.pending).toBe(0);
  });
});

describe('many alarms', () => {
  it('have one timer', () => {
    for (let i = 0; i < 1000; i++) ringing(String(i), 1000 + 25 * i);
    expect(clock.pending).toBe(1);
    expect(clock.made).toBe(1);
    clock.run(1e6);
    expect(rung).toHaveLength(1000);
    expect(clock.pending).toBe(0);
  });

  it('ring in the order of their days', () => {
    for (const at of [900, 100, 500]) ringing('a', at);
    clock.run(1000);
    expect(rung).toEqual(['a 100', 'a 500', 'a 900']);
  });

  it('ring as naive timers would, a day later at most, however they are set, moved and cancelled', () => {
    const moves = fc.array(
      fc.record({
        which: fc.nat(4),
        after: fc.oneof(fc.nat(200), fc.constantFrom(Infinity, -50)),
        wait: fc.nat(60),
        cancel: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(moves, (all) => {
        const time = new FakeClock();
        const tested = new Scheduler(time);
        const due = new Map<Alarm, number>();
        const alarms = Array.from({ length: 5 }, () => {
          const made: Alarm = new Alarm(() => {
            const at = due.get(made) ?? NaN;
            expect(time.now()).toBeGreaterThanOrEqual(at);
            expect(time.now()).toBeLessThanOrEqual(Math.max(at, setAt.get(made) ?? 0) + 25);
            due.delete(made);
          });
          return made;
        });
        const setAt = new Map<Alarm, number>();
        for (const { which, after, wait, cancel } of all) {
          const chosen = alarms[which]!;
          if (cancel) {
            tested.cancel(chosen);
            due.delete(chosen);
          } else {
            tested.set(chosen, time.now() + after);
            due.set(chosen, time.now() + after);
            setAt.set(chosen, time.now());
          }
          time.run(wait);
          for (const at of due.values()) expect(at + 25).toBeGreaterThanOrEqual(time.now() - wait);
        }
        time.run(1000);
        expect([...due.values()].filter((at) => at < Infinity)).toEqual([]);
        expect(time.pending).toBe(0);
      }),
    );
  });
});
