import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeEvent, defineHandlers, eventWith, type Handlers } from '../src/events.ts';

class Target extends EventTarget {
  declare onping: unknown;
  declare onpong: unknown;
  readonly #handlers: Handlers = {};
  static {
    defineHandlers(this.prototype, ['ping', 'pong'], (target) => target.#handlers);
  }
}

/** A target and what happens on it, in order. */
function scene() {
  const target = new Target();
  const log: string[] = [];
  const note = (line: string) => () => void log.push(line);
  const fire = (): string[] => {
    log.length = 0;
    target.dispatchEvent(new Event('ping'));
    return [...log];
  };
  return { target, note, fire };
}

describe('a handler attribute', () => {
  it('is null, then what was set', () => {
    const { target, note } = scene();
    expect(target.onping).toBeNull();
    const handler = note('handled');
    target.onping = handler;
    expect(target.onping).toBe(handler);
  });

  it('is one attribute of its class, as those of the platform are', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Target.prototype, 'onping');
    expect(descriptor).toMatchObject({ enumerable: true, configurable: true });
    expect([descriptor?.get?.name, descriptor?.get?.length]).toEqual(['get onping', 0]);
    expect([descriptor?.set?.name, descriptor?.set?.length]).toEqual(['set onping', 1]);
  });

  it('throws for anything but a target', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Target.prototype, 'onping');
    for (const other of [{}, Target.prototype, new EventTarget(), undefined]) {
      expect(() => descriptor?.get?.call(other) as unknown).toThrow(TypeError);
      expect(() => descriptor?.set?.call(other, null)).toThrow(TypeError);
    }
  });

  it('is called with the event, as a method of its target', () => {
    const target = new Target();
    const seen: unknown[] = [];
    target.onping = function (this: unknown, event: Event) {
      seen.push(this, event.type, event.target);
    };
    target.dispatchEvent(new Event('ping'));
    expect(seen).toEqual([target, 'ping', target]);
  });

  it('keeps its place among the listeners while it is replaced', () => {
    const { target, note, fire } = scene();
    target.addEventListener('ping', note('first'));
    target.onping = note('handler');
    target.addEventListener('ping', note('last'));
    expect(fire()).toEqual(['first', 'handler', 'last']);
    target.onping = note('another');
    expect(fire()).toEqual(['first', 'another', 'last']);
  });

  it('loses its place when it is set to null', () => {
    const { target, note, fire } = scene();
    target.onping = note('handler');
    target.addEventListener('ping', note('listener'));
    target.onping = null;
    expect(target.onping).toBeNull();
    expect(fire()).toEqual(['listener']);
    target.onping = note('back');
    expect(fire()).toEqual(['listener', 'back']);
  });

  it('takes no place while it is null', () => {
    const { target, note, fire } = scene();
    target.onping = null;
    target.addEventListener('ping', note('listener'));
    target.onping = note('handler');
    expect(fire()).toEqual(['listener', 'handler']);
  });

  it.each([undefined, 'call()', 7, true, Symbol('x')])('takes %s for null', (value) => {
    const { target, note, fire } = scene();
    target.onping = note('handler');
    target.onping = value;
    expect(target.onping).toBeNull();
    expect(fire()).toEqual([]);
  });

  it('keeps an object that cannot be called, and its place, but does not call it', () => {
    const { target, note, fire } = scene();
    const object = { handleEvent: note('handleEvent') };
    target.onping = object;
    target.addEventListener('ping', note('listener'));
    expect(target.onping).toBe(object);
    expect(fire()).toEqual(['listener']);
    target.onping = note('handler');
    expect(fire()).toEqual(['handler', 'listener']);
  });

  it('belongs to one target', () => {
    const { target, note, fire } = scene();
    const other = new Target();
    other.onping = note('other');
    expect(target.onping).toBeNull();
    expect(fire()).toEqual([]);
  });

  it('belongs to one type of event', () => {
    const { target, note, fire } = scene();
    target.onpong = note('pong');
    expect(target.onping).toBeNull();
    expect(fire()).toEqual([]);
  });

  it('is called once, however often it was set', () => {
    const { target, note, fire } = scene();
    const handler = note('handler');
    target.onping = handler;
    target.onping = handler;
    expect(fire()).toEqual(['handler']);
  });
});

it('makes events with further fields', () => {
  expect(eventWith('drop', { count: 2, bytes: 10 })).toMatchObject({ type: 'drop', count: 2, bytes: 10 });
});

describe('a close event', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is made where there is no class for it', () => {
    vi.stubGlobal('CloseEvent', undefined);
    expect(closeEvent(4000, 'so long', true)).toMatchObject({
      type: 'close',
      code: 4000,
      reason: 'so long',
      wasClean: true,
    });
  });

  it('is of the class where there is one', () => {
    class CloseEvent extends Event {
      readonly init: unknown;
      constructor(type: string, init: unknown) {
        super(type);
        this.init = init;
      }
    }
    vi.stubGlobal('CloseEvent', CloseEvent);
    const event = closeEvent(1006, '', false);
    expect(event).toBeInstanceOf(CloseEvent);
    expect(event).toMatchObject({ type: 'close', init: { code: 1006, reason: '', wasClean: false } });
  });
});
