import { Outbox, type Entry } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const unbounded = { maxMessages: Infinity, maxBytes: Infinity };
const entry = (data: string, more: Partial<Entry> = {}): Entry => ({
  content: { data, binary: false },
  size: data.length,
  expiresAt: Infinity,
  ...more,
});
const outboxOf = (...texts: string[]): Outbox => {
  const outbox = new Outbox(unbounded);
  for (const data of texts) outbox.push(entry(data));
  return outbox;
};
/** All that the present transport is given, as `number text`. */
function drain(outbox: Outbox): string[] {
  const given: string[] = [];
  for (let next; (next = outbox.next());)
    given.push(`${next.seq} ${'data' in next.content ? String(next.content.data) : 'end'}`);
  return given;
}

describe('an outbox', () => {
  it('numbers messages in the order in which they came', () => {
    expect(drain(outboxOf('a', 'b', 'c'))).toEqual(['1 a', '2 b', '3 c']);
  });

  it('keeps what was sent until it is acknowledged', () => {
    const outbox = outboxOf('a', 'bc', 'def');
    drain(outbox);
    expect(outbox).toMatchObject({ length: 3, bytes: 6, unsentBytes: 0, inFlight: 3, unacknowledged: 3 });
    expect(outbox.acknowledge(2)).toBe(true);
    expect(outbox).toMatchObject({ length: 1, bytes: 3, inFlight: 1, unacknowledged: 1, acknowledged: 2 });
  });

  it('refuses an acknowledgement of what was never sent, and changes nothing', () => {
    const outbox = outboxOf('a', 'b');
    outbox.next();
    expect(outbox.acknowledge(2)).toBe(false);
    expect(outbox).toMatchObject({ length: 2, bytes: 2, inFlight: 1, acknowledged: 0 });
  });

  it('learns nothing from an old acknowledgement', () => {
    const outbox = outboxOf('a', 'b');
    drain(outbox);
    outbox.acknowledge(2);
    expect(outbox.acknowledge(1)).toBe(true);
    expect(outbox.acknowledged).toBe(2);
  });

  it('gives another transport all that the peer does not have, with the same numbers', () => {
    const outbox = outboxOf('a', 'b', 'c');
    drain(outbox);
    expect(outbox.rewind(1)).toBe(true);
    expect(outbox).toMatchObject({ inFlight: 0, unacknowledged: 2, unsentBytes: 2 });
    expect(drain(outbox)).toEqual(['2 b', '3 c']);
  });

  it('takes an acknowledgement between two transports', () => {
    const outbox = outboxOf('a', 'b');
    drain(outbox);
    outbox.rewind(0);
    expect(outbox.acknowledge(1)).toBe(true);
    expect(outbox).toMatchObject({ unsentBytes: 1, inFlight: 0 });
    expect(drain(outbox)).toEqual(['2 b']);
  });

  it('cannot go back to what it has forgotten, nor on to what it never sent', () => {
    const outbox = outboxOf('a', 'b', 'c');
    outbox.next();
    outbox.next();
    outbox.acknowledge(2);
    expect(outbox.rewind(1)).toBe(false);
    expect(outbox.rewind(3)).toBe(false);
    expect(outbox.rewind(2)).toBe(true);
  });

  it('lets nothing overtake a message that is still being read', () => {
    const outbox = outboxOf('a');
    const blob = entry('', { content: undefined, size: 5 });
    outbox.push(blob);
    outbox.push(entry('c'));
    expect(drain(outbox)).toEqual(['1 a']);
    expect(outbox.ready).toBe(false);
    blob.content = { data: 'bbbbb', binary: true };
    expect(outbox.ready).toBe(true);
    expect(drain(outbox)).toEqual(['2 bbbbb', '3 c']);
    expect(outbox.ready).toBe(false);
  });

  it('ends once behind what was sent, and keeps the rest for the next session', () => {
    const outbox = outboxOf('a');
    drain(outbox);
    outbox.push(entry('b'));
    outbox.end({ code: 3951, reason: '' });
    outbox.end({ code: 3951, reason: '' });
    outbox.push(entry('c'));
    expect(outbox.next()).toEqual({ seq: 2, content: { code: 3951, reason: '' } });
    expect(outbox.next()).toBeUndefined();
    expect(outbox.unacknowledged).toBe(1);
    expect(outbox.drop(() => true)).toHaveLength(2);
    outbox.push(entry('d'));
    outbox.acknowledge(2);
    expect(outbox.unacknowledged).toBe(0);
    outbox.renumber(true);
    expect(drain(outbox)).toEqual(['1 d']);
  });

  it('gives no more than may be in flight, but its end', () => {
    const bounds = { maxMessages: 2, maxBytes: 4 };
    const many = new Outbox(unbounded, bounds);
    for (const data of ['a', 'b', 'c']) many.push(entry(data));
    expect(drain(many)).toEqual(['1 a', '2 b']);
    many.acknowledge(1);
    expect(drain(many)).toEqual(['3 c']);
    many.end({ code: 3951, reason: '' });
    expect(drain(many)).toEqual(['4 end']);
    const large = new Outbox(unbounded, bounds);
    for (const data of ['abc', 'defg', 'h']) large.push(entry(data));
    expect(drain(large)).toEqual(['1 abc', '2 defg']);
    large.rewind(0);
    expect(drain(large)).toEqual(['1 abc', '2 defg']);
    large.acknowledge(2);
    expect(drain(large)).toEqual(['3 h']);
  });

  it('tells once that a message was given to a transport', () => {
    const told: string[] = [];
    const outbox = new Outbox(unbounded);
    for (const data of ['a', 'b']) outbox.push(entry(data, { onSent: () => told.push(data) }));
    outbox.next();
    expect(told).toEqual(['a']);
    outbox.rewind(0);
    drain(outbox);
    expect(told).toEqual(['a', 'b']);
  });

  it('drops what no transport was ever given, oldest first, and nothing else', () => {
    const outbox = outboxOf('a', 'b', 'c', 'd', 'e');
    outbox.next();
    outbox.next();
    outbox.rewind(0);
    expect(outbox.drop(() => true, 1).map(({ size }) => size)).toEqual([1]);
    expect(outbox.drop(({ content }) => (content as { data: string }).data === 'e')).toHaveLength(1);
    expect(outbox).toMatchObject({ length: 3, bytes: 3, unsentBytes: 3 });
    expect(drain(outbox)).toEqual(['1 a', '2 b', '3 d']);
    expect(outbox.drop(() => true)).toEqual([]);
  });

  it('says whether one more message fits', () => {
    const outbox = new Outbox({ maxMessages: 2, maxBytes: 10 });
    expect(outbox.fits(10)).toBe(true);
    expect(outbox.fits(11)).toBe(false);
    outbox.push(entry('abcd'));
    expect(outbox.fits(6)).toBe(true);
    expect(outbox.fits(7)).toBe(false);
    outbox.push(entry(''));
    expect(outbox.fits(0)).toBe(false);
    outbox.next();
    expect(outbox.fits(0)).toBe(false);
    outbox.acknowledge(1);
    expect(outbox.fits(10)).toBe(true);
  });

  it('forgets crowds of acknowledged messages in bulk, and nobody notices', () => {
    const outbox = new Outbox(unbounded);
    for (let seq = 1; seq <= 5000; seq++) {
      outbox.push(entry(String(seq)));
      expect(outbox.next()).toMatchObject({ seq, content: { data: String(seq) } });
      if (seq % 700 === 0) outbox.acknowledge(seq - 3);
    }
    expect(outbox.length).toBe(5000 - 4897);
    outbox.rewind(4998);
    expect(drain(outbox)).toEqual(['4999 4999', '5000 5000']);
  });

  it('begins anew at 1 for a peer that remembers nothing', () => {
    for (const [keep, given] of [
      [true, ['1 b', '2 c']],
      [false, ['1 c']],
    ] as const) {
      const outbox = outboxOf('a', 'b', 'c');
      outbox.next();
      outbox.next();
      outbox.acknowledge(1);
      outbox.renumber(keep);
      expect(outbox).toMatchObject({ acknowledged: 0, inFlight: 0, unacknowledged: 0 });
      expect(drain(outbox)).toEqual(given);
    }
  });
});

/** The same, without any thought of cost: every message ever pushed, and three places among them. */
class Model {
  all: Entry[] = [];
  acknowledged = 0;
  given = 0;
  highest = 0;

  next(): number | undefined {
    if (!this.all[this.given]?.content) return undefined;
    this.given++;
    this.highest = Math.max(this.highest, this.given);
    return this.given;
  }

  acknowledge(received: number): boolean {
    if (received > this.highest) return false;
    this.acknowledged = Math.max(this.acknowledged, received);
    this.given = Math.max(this.given, this.acknowledged);
    return true;
  }

  rewind(received: number): boolean {
    if (received < this.acknowledged || received > this.highest) return false;
    this.acknowledged = this.given = received;
    return true;
  }

  drop(which: (entry: Entry) => boolean, most: number): Entry[] {
    const dropped = this.all.filter((entry, i) => i >= this.highest && which(entry)).slice(0, most);
    this.all = this.all.filter((entry) => !dropped.includes(entry));
    return dropped;
  }

  renumber(keep: boolean): void {
    this.all = this.all.slice(keep ? this.acknowledged : this.highest);
    this.acknowledged = this.given = this.highest = 0;
  }

  figures() {
    const bytes = (from: number): number => this.all.slice(from).reduce((sum, { size }) => sum + size, 0);
    return {
      acknowledged: this.acknowledged,
      length: this.all.length - this.acknowledged,
      bytes: bytes(this.acknowledged),
      unsentBytes: bytes(this.given),
      inFlight: this.given - this.acknowledged,
      unacknowledged: this.highest - this.acknowledged,
      ready: this.all[this.given]?.content !== undefined,
    };
  }
}

it('counts as a naive model does, whatever is done to it', () => {
  const part = fc.double({ min: 0, max: 1.2, noNaN: true });
  const moves = fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('push' as const),
          sizes: fc.array(fc.nat(9), { maxLength: 5 }),
        }),
      },
      // So many that the front of the list is given back.
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('crowd' as const),
          count: fc.integer({ min: 500, max: 3000 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('unread' as const), size: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('next' as const),
          most: fc.oneof(fc.nat(5), fc.constant(Infinity)),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ do: fc.constantFrom('acknowledge' as const, 'rewind' as const), part }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('drop' as const),
          modulus: fc.integer({ min: 1, max: 4 }),
          most: fc.oneof(fc.nat(5), fc.constant(Infinity)),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('renumber' as const), keep: fc.boolean() }) },
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(moves, (all) => {
      const outbox = new Outbox(unbounded);
      const model = new Model();
      let made = 0;
      const push = (size: number, content: Entry['content']): void => {
        const pushed = { content, size, expiresAt: made };
        outbox.push(pushed);
        model.all.push(pushed);
      };
      for (const move of all) {
        switch (move.do) {
          case 'push':
            for (const size of move.sizes) push(size, { data: String(++made), binary: false });
            break;
          case 'crowd':
            for (let i = 0; i < move.count; i++) push(i % 7, { data: String(++made), binary: false });
            break;
          case 'unread':
            push(move.size, undefined);
            break;
          case 'read':
            for (const unread of model.all) unread.content ??= { data: String(++made), binary: true };
            break;
          case 'next':
            for (let i = 0; i < move.most; i++) {
              const seq = model.next();
              const content = seq === undefined ? undefined : model.all[seq - 1]!.content;
              expect(outbox.next()).toEqual(seq === undefined ? undefined : { seq, content });
              if (seq === undefined) break;
            }
            break;
          case 'acknowledge':
          case 'rewind': {
            const received = Math.floor(move.part * model.highest);
            expect(outbox[move.do](received)).toBe(model[move.do](received));
            break;
          }
          case 'drop': {
            const which = ({ expiresAt }: Entry): boolean => expiresAt % move.modulus === 0;
            expect(outbox.drop(which, move.most)).toEqual(model.drop(which, move.most));
            break;
          }
          case 'renumber':
            outbox.renumber(move.keep);
            model.renumber(move.keep);
        }
        expect(outbox).toMatchObject(model.figures());
      }
    }),
  );
});
