/** Attaches of a client by hand: who gets a session, who hears what became of it. */
import { describe, expect, it } from 'vitest';
import { surfaced } from '../../../server/test/loopback.ts';
import { batch, ByHand, ID } from './by-hand.ts';

/** A session that began over HTTP. */
function start(options = {}) {
  const hand = new ByHand(options);
  hand.attach();
  return hand;
}

describe('an attach', () => {
  it('counts what rode along', () => {
    const hand = new ByHand();
    expect(hand.attach(1, 'new', batch(1, 'a', 'b')).lines).toEqual(['welcome 2']);
    expect(hand.received).toEqual(['a', 'b']);
  });

  it('that is repeated is answered as before, and taken once', () => {
    const hand = new ByHand();
    const first = hand.attach(1, 'new', batch(1, 'a'));
    expect(hand.attach(1, 'new', batch(1, 'a')).lines).toEqual(first.lines);
    expect(hand.received).toEqual(['a']);
  });

  it('that is not higher than the one that holds is superseded', () => {
    const hand = start();
    hand.attach(3, 0);
    expect(hand.attach(2, 0).lines).toEqual(['superseded']);
    expect(hand.attach(0, 0).lines).toEqual(['superseded']);
    expect(hand.post(`send ${ID} 3`, batch(1, 'still there')).lines).toEqual(['ack 1']);
  });

  it('that resumes what is not known is gone, with all that rode along', () => {
    const hand = new ByHand();
    expect(hand.attach(5, 0, batch(1, 'for nobody')).lines).toEqual(['gone']);
    expect(hand.attach(0, 'new').lines).toEqual(['gone']);
    expect(hand.accepted).toEqual([]);
  });

  it('that claims to have what was never sent is gone, and changes nothing', () => {
    const hand = start();
    expect(hand.attach(2, 1).lines).toEqual(['gone']);
    expect(hand.send(batch(1, 'still there')).lines).toEqual(['ack 1']);
  });

  it('hears how its session ended: forgotten, failed, or closed in order', () => {
    const forgotten = start();
    forgotten.peer.terminate();
    expect(forgotten.attach(2, 0).lines).toEqual(['gone']);
    expect(forgotten.attach().lines).toEqual(['gone']);
    const failed = start();
    failed.send('ack 9');
    expect(failed.attach(2, 0).lines).toEqual(['refused 1002 an acknowledgement of what was never sent']);
    const closed = start();
    closed.send(batch(1, 'last words'), 'from 2 0', 'close 4000 ');
    expect(closed.attach(2, 0).lines).toEqual(['welcome 2']);
  });

  it('of a session that ended long ago is not the beginning of another', () => {
    const hand = start({ resumeWindow: 10_000 });
    hand.peer.terminate();
    hand.clock.run(9999);
    expect(hand.attach().lines).toEqual(['gone']);
    hand.clock.run(1);
    expect(hand.attach().lines).toEqual(['welcome 0']);
  });

  it('that is repeated is asked for its token too', () => {
    let allowed = true;
    const hand = start({ verifyClient: () => allowed });
    allowed = false;
    expect(hand.attach().lines).toEqual(['refused 3000 Unauthorized']);
    allowed = true;
    expect(hand.attach().lines).toEqual(['welcome 0']);
  });

  it('that is repeated behind a poll is too late', () => {
    const hand = start();
    hand.poll(1);
    expect(hand.attach().status).toBe(409);
    expect(hand.send(batch(1, 'goes on')).lines).toEqual(['ack 1']);
  });

  it('needs no acknowledgement of what its welcome counts', () => {
    const hand = new ByHand();
    hand.attach(1, 'new', batch(1, 'a'));
    const poll = hand.poll(1);
    hand.peer.send('x');
    hand.clock.run(0);
    expect(poll.lines).toEqual(['batch 1', '1: x']);
  });

  it('is refused by a server that is closing', () => {
    const hand = start();
    hand.endpoint.close();
    expect(hand.attach(2, 0).status).toBe(503);
  });
});

describe('an application that fails', () => {
  it('at a new session has it all the same', async () => {
    const surfacing = surfaced();
    const hand = new ByHand();
    hand.onSession = () => {
      throw new Error('a bug of the application');
    };
    expect(hand.attach().lines).toEqual(['welcome 0']);
    expect(await surfacing).toEqual(new Error('a bug of the application'));
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1']);
  });

  it('at a message gets the next one all the same', async () => {
    const surfacing = surfaced();
    const hand = start();
    hand.peer.once('message', () => {
      throw new Error('a bug of the application');
    });
    expect(hand.send(batch(1, 'a', 'b')).lines).toEqual(['ack 2']);
    expect(await surfacing).toEqual(new Error('a bug of the application'));
    expect(hand.received).toEqual(['a', 'b']);
  });
});
