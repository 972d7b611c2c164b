import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LearnedStorage } from '../src/learned.ts';
import { HoldfastSocket } from '../src/index.ts';
import { sparing, sparingPlatform, type SparingClass } from '../src/unanswered.ts';
import { FakeWebSocket, FakeWorld } from './fake-world.ts';

/** The browser's class as far as it is used, without an answer until the test gives one. */
class Native extends EventTarget {
  static readonly all: Native[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Native.all.push(this);
  }

  close(): void {
    this.readyState = 3;
  }

  /** Its answer comes. */
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
    this.onopen?.();
  }

  /** It is refused, or the browser gives up. */
  fail(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('error'));
  }
}

const states = (): number[] => Native.all.map(({ readyState }) => readyState);

/** What a page has, if others have told it nothing: its class, and a storage. */
function page(items = new Map<string, string>()) {
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  return { items, Sparing: spare(storage) };
}

const spare = (storage?: LearnedStorage): SparingClass =>
  sparing(Native as unknown as typeof WebSocket, storage);

/** What pages share within a process, as those of a browser do not, is forgotten. */
function forget(): void {
  const now = Date.now();
  vi.setSystemTime(0);
  spare().moved();
  vi.setSystemTime(now);
}

const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  forget();
  Native.all.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('an upgrade that is not answered', () => {
  it('is left as it is, is the only one for a quarter of an hour, and is tried again then', () => {
    const { Sparing } = page();
    const [first, second] = [new Sparing('ws://host/'), new Sparing('ws://host/')];
    pass(5000);
    second.close();
    first.close();
    expect(states()).toEqual([0, 3]);
    pass(890_000);
    expect(() => new Sparing('ws://host/?again')).toThrow('not answered');
    expect(Native.all).toHaveLength(2);
    pass(10_000);
    new Sparing('ws://host/');
    expect(Native.all).toHaveLength(3);
  });

  it('says nothing of other hosts', () => {
    const { Sparing } = page();
    new Sparing('ws://host/').close();
    pass(5000);
    new Sparing('ws://host:81/');
    expect(Native.all).toHaveLength(2);
  });

  it('is closed when its answer comes late, and others are tried again', () => {
    const { items, Sparing } = page();
    const first = new Sparing('ws://host/');
    pass(5000);
    first.close();
    expect(items.size).toBe(1);
    Native.all[0]!.open();
    expect(states()).toEqual([3]);
    expect(items.size).toBe(0);
    new Sparing('ws://host/');
    expect(Native.all).toHaveLength(2);
  });

  it('stands in nobody’s way as long as it is young', () => {
    const { Sparing } = page();
    new Sparing('ws://host/').close();
    pass(1900);
    new Sparing('ws://host/').close();
    expect(states()).toEqual([0, 3]);
  });

  it.each([
    ['is answered by an error', 14_000, 2],
    ['is not answered by the error with which the browser gives up', 20_000, 1],
  ])('%s', (_, after, dialled) => {
    const { Sparing } = page();
    new Sparing('ws://host/').close();
    pass(after);
    Native.all[0]!.fail();
    try {
      new Sparing('ws://host/');
    } catch {
      // There is one already.
    }
    expect(Native.all).toHaveLength(dialled);
  });

  it('is another’s matter when one that waited behind it fails', () => {
    const { Sparing } = page();
    const [first, second] = [new Sparing('ws://host/'), new Sparing('ws://host/')];
    pass(5000);
    first.close();
    second.close();
    Native.all[1]!.fail();
    expect(() => new Sparing('ws://host/')).toThrow('not answered');
  });

  it('shows nothing where HTTP was not answered either', () => {
    const { items, Sparing } = page();
    const first = new Sparing('ws://host/');
    pass(10_000);
    first.close();
    expect(states()).toEqual([3]);
    expect(items.size).toBe(0);
    new Sparing('ws://host/');
    expect(Native.all).toHaveLength(2);
  });

  it('is known to the next page', () => {
    const { items, Sparing } = page();
    const first = new Sparing('ws://host/');
    pass(5000);
    first.close();
    forget();
    const next = page(items);
    expect(() => new next.Sparing('ws://host/')).toThrow('not answered');
    pass(900_000);
    new next.Sparing('ws://host/');
    expect(Native.all).toHaveLength(2);
  });

  it('is not known to the next page if this one ended at once', () => {
    const { items, Sparing } = page();
    new Sparing('ws://host/').close();
    expect(items.size).toBe(0);
  });

  it('is one for all where there is no storage, or none that can be used', () => {
    const fail = (): never => {
      throw new DOMException('no', 'SecurityError');
    };
    for (const storage of [undefined, { getItem: fail, setItem: fail, removeItem: fail }]) {
      forget();
      Native.all.length = 0;
      const first = new (spare(storage))('ws://host/');
      pass(5000);
      first.close();
      expect(() => new (spare(storage))('ws://host/')).toThrow('not answered');
      Native.all[0]!.open();
      new (spare(storage))('ws://host/');
      expect(states()).toEqual([3, 0]);
    }
  });

  it('is ended when the network is another one, and others are tried again', () => {
    const { items, Sparing } = page();
    const first = new Sparing('ws://host/');
    pass(5000);
    first.close();
    pass(5000);
    Sparing.moved();
    expect(states()).toEqual([3]);
    expect(items.size).toBe(1);
    pass(5000);
    const second = new Sparing('ws://host/');
    pass(5000);
    second.close();
    expect(states()).toEqual([3, 0]);
    expect(() => new Sparing('ws://host/')).toThrow('not answered');
  });
});

describe('a connection', () => {
  /** In a world whose connections are scarce. */
  function start(transports?: ('websocket' | 'streaming')[]) {
    const world = new FakeWorld();
    const calls: string[] = [];
    const Spared = class extends FakeWebSocket {
      static moved(): void {
        calls.push('moved');
      }

      constructor(url: string, protocols: string | string[] = []) {
        super(url, protocols);
        calls.push('dialled');
      }
    };
    const environment = { ...world.environment, sparing: Spared };
    const socket = new HoldfastSocket('ws://host/live', [], {
      environment,
      ...(transports && { transports }),
    });
    return { world, calls, socket };
  }

  it('spares WebSockets where HTTP is there as well', () => {
    expect(start().calls).toEqual(['dialled']);
    const alone = start(['websocket']);
    expect(alone.calls).toEqual([]);
    expect(alone.world.sockets).toHaveLength(1);
  });

  it('says when the network is another one, and when it is told to reconnect, but not when somebody looks at the page', () => {
    const { world, calls, socket } = start();
    world.page('wake');
    expect(calls).toEqual(['dialled']);
    world.change();
    expect(calls).toEqual(['dialled', 'moved']);
    socket.reconnect();
    expect(calls.filter((each) => each === 'moved')).toHaveLength(2);
  });
});

describe('the platform', () => {
  const agents = {
    firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
    chromium:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  };

  it('spares WebSockets in Firefox, and only its own', () => {
    vi.stubGlobal('WebSocket', Native);
    vi.stubGlobal('navigator', { userAgent: agents.firefox });
    expect(sparingPlatform({}).sparing).toBeDefined();
    expect(sparingPlatform({ WebSocket: FakeWebSocket as never }).sparing).toBeUndefined();
    vi.stubGlobal('navigator', { userAgent: agents.chromium });
    expect(sparingPlatform({}).sparing).toBeUndefined();
  });
});
