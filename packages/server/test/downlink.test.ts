import { beforeEach, describe, expect, it } from 'vitest';
import { Downlink } from '../src/downlink.ts';
import type { Reply } from '../src/exchange.ts';

class FakeReply implements Reply {
  buffered = 0;
  /** What the client is given: bytes, the end, a refusal. */
  readonly given: string[] = [];
  drained: () => void = () => undefined;
  closed: () => void = () => undefined;

  write(bytes: Uint8Array): void {
    this.given.push(Buffer.from(bytes).toString());
  }

  end(): void {
    this.given.push('end');
  }

  fail(status: number): void {
    this.given.push(String(status));
  }

  onDrain(callback: () => void): void {
    this.drained = callback;
  }

  onClose(callback: () => void): void {
    this.closed = callback;
  }
}

let downlink: Downlink;
let drains: number;
const join = (): FakeReply => {
  const reply = new FakeReply();
  downlink.join(reply);
  return reply;
};

beforeEach(() => {
  drains = 0;
  downlink = new Downlink(
    7,
    () => drains++,
    () => undefined,
  );
});

describe('a poll', () => {
  it('is taken behind its end as long as bytes of it go', () => {
    const reply = join();
    downlink.end();
    const seen = [900, 500, 500, 400, 0].map((buffered) => {
      reply.buffered = buffered;
      return downlink.takesTheRest();
    });
    expect(seen).toEqual([true, true, false, true, false]);
    reply.buffered = 300;
    reply.closed();
    expect(downlink.takesTheRest()).toBe(false);
  });

  it('is answered bit by bit, until the end', () => {
    const reply = join();
    expect(downlink).toMatchObject({ number: 7, isOpen: true, ended: false, size: 0 });
    downlink.write(Buffer.from('one'));
    downlink.write(Buffer.from('two'));
    expect(reply.given).toEqual(['one', 'two']);
    expect(downlink.size).toBe(6);
    downlink.end();
    downlink.end();
    expect(reply.given).toEqual(['one', 'two', 'end']);
    expect(downlink).toMatchObject({ isOpen: false, ended: true });
  });

  it('is not open while nobody reads', () => {
    expect(downlink.isOpen).toBe(false);
    const reply = join();
    reply.closed();
    expect(downlink.isOpen).toBe(false);
    downlink.write(Buffer.from('for nobody'));
    expect(reply.given).toEqual([]);
  });

  it('tells when there is room again', () => {
    join().drained();
    expect(drains).toBe(1);
  });
});

describe('a repeated poll', () => {
  it('gets the same bytes, and what comes then', () => {
    const first = join();
    downlink.write(Buffer.from('one'));
    const second = join();
    downlink.write(Buffer.from('two'));
    expect(first.given).toEqual(['one', 'two']);
    expect(second.given).toEqual(['one', 'two']);
  });

  it('gets the same bytes and the end, if that was written', () => {
    downlink.write(Buffer.from('one'));
    downlink.end();
    expect(join().given).toEqual(['one', 'end']);
    expect(downlink.isOpen).toBe(false);
  });

  it('is refused if there were too many bytes to keep; the first goes on', () => {
    const first = join();
    downlink.write(Buffer.alloc(512 * 1024));
    expect(join().given).toHaveLength(1);
    downlink.write(Buffer.alloc(1));
    expect(join().given).toEqual(['409']);
    downlink.write(Buffer.from('more'));
    expect(first.given.at(-1)).toBe('more');
  });

  it('does not end the first when it is closed', () => {
    const first = join();
    join().closed();
    expect(downlink.isOpen).toBe(true);
    downlink.write(Buffer.from('one'));
    expect(first.given).toEqual(['one']);
  });

  it('makes the slower one count', () => {
    const [first, second] = [join(), join()];
    first.buffered = 10;
    second.buffered = 300;
    expect(downlink.buffered).toBe(300);
    second.closed();
    expect(downlink.buffered).toBe(10);
  });

  it('makes the slower one count, were it the first', () => {
    const [first, second] = [join(), join()];
    first.buffered = 300;
    second.buffered = 10;
    expect(downlink.buffered).toBe(300);
  });
});
