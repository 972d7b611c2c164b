import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dial, Link, LinkEvent, LinkOptions } from '../src/link.ts';
import {
  claiming,
  connecting,
  doubted,
  fairFacts,
  gone,
  lost,
  open,
  openOverHttp,
  probing,
  Scene,
  superseded,
  unproven,
  untried,
  upgrading,
  welcome,
} from './scene.ts';
import { Witness } from './witness.ts';

const ws = (id: number): Dial => ({ id, kind: 'websocket' });
const http = (id: number): Dial => ({ id, kind: 'http' });

describe('connecting', () => {
  it('dials the first kind, and the other one beside it after the fallback delay', () => {
    const scene = new Scene();
    expect(scene.at(0, 'start')).toEqual(['dial websocket 1']);
    expect(scene.link).toEqual({ name: 'connecting', dials: [ws(1)], hedgeAt: 300, deadline: 10_000 });
    expect(scene.at(299, 'tick')).toEqual([]);
    expect(scene.at(300, 'tick')).toEqual(['dial http 2']);
    expect(scene.link).toEqual({
      name: 'connecting',
      dials: [ws(1), http(2)],
      hedgeAt: Infinity,
      deadline: 10_000,
    });
    expect(scene.at(5000, 'tick')).toEqual([]);
  });

  it('does not wait for the fallback delay when the first kind fails before', () => {
    const scene = connecting();
    expect(scene.at(20, lost(1))).toEqual(['dial http 2']);
    expect(scene.link).toMatchObject({ dials: [http(2)], hedgeAt: Infinity });
  });

  it.each([
    ['superseded', superseded(1)],
    ['told that its session is gone', gone(1)],
  ])('doubts a WebSocket that is %s in as long as that took, until it is answered', (_, event) => {
    const scene = connecting({ fallbackDelay: 2000 });
    scene.at(2000, 'tick');
    scene.at(2100, lost(2));
    expect(scene.at(2500, event)).toContain('attach 1');
    expect(scene.link).toMatchObject({ name: 'connecting', hedgeAt: 5000 });
  });

  it('has no other kind to dial if only one may be used', () => {
    const scene = connecting({ kinds: ['websocket'] });
    expect(scene.link).toMatchObject({ hedgeAt: Infinity });
    expect(scene.at(20, lost(1))).toEqual([]);
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 1020 });
  });

  it('goes on with the one when the other is lost, and waits when both are', () => {
    const scene = connecting();
    scene.at(300, 'tick');
    expect(scene.at(400, lost(1))).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [http(2)], deadline: 10_000 });
    expect(scene.at(500, lost(2))).toEqual([]);
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 1500 });
  });

  it('does not listen to transports that are forgotten', () => {
    const scene = connecting();
    const { life } = scene;
    for (const event of [welcome(9), superseded(9), gone(9), lost(9)]) {
      expect(scene.at(20, event)).toEqual([]);
      expect(scene.life).toBe(life);
    }
  });

  it('waits longer from round to round', () => {
    const scene = connecting({ kinds: ['http'] });
    scene.at(10, lost(1));
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 1010 });
    expect(scene.at(1009, 'tick')).toEqual([]);
    expect(scene.at(1010, 'tick')).toEqual(['dial http 2']);
    scene.at(1020, lost(2));
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 3020 });
  });

  it('waits as long as the server asks for, and no shorter than it would have', () => {
    for (const [retryAfter, retryAt] of [
      [5000, 5010],
      [1, 1010],
    ]) {
      const scene = connecting({ kinds: ['http'] });
      scene.at(10, lost(1, retryAfter));
      expect(scene.link).toEqual({ name: 'waiting', retryAt });
    }
  });

  it('gives a round ten seconds', () => {
    const scene = connecting();
    scene.at(300, 'tick');
    expect(scene.at(9999, 'tick')).toEqual([]);
    expect(scene.at(10_000, 'tick')).toEqual(['drop 1', 'drop 2']);
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 11_000 });
  });

  it('hardly dials while offline, and dials at once when the page wakes', () => {
    const scene = connecting({ kinds: ['websocket'] });
    scene.facts = { ...scene.facts, offline: true };
    scene.at(10, lost(1));
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 30_010 });
    expect(scene.at(30_009, 'tick')).toEqual([]);
    expect(scene.at(30_009, 'wake')).toEqual(['dial websocket 2']);
  });

  it('does not count what it tries while offline', () => {
    const scene = connecting({ kinds: ['websocket'], retryDelay: (rounds) => (rounds < 3 ? 0 : undefined) });
    scene.facts = { ...scene.facts, offline: true };
    for (let id = 1; id < 10; id++) {
      scene.at(id * 40_000, lost(id));
      scene.at(id * 40_000 + 30_000, 'tick');
    }
    scene.facts = { ...scene.facts, offline: false };
    scene.at(500_000, lost(10));
    expect(scene.link.name).toBe('waiting');
  });

  it.each<[string, LinkOptions['retryDelay']]>([
    ['it never retries', undefined],
    ['it has tried often enough', () => undefined],
  ])('gives up if %s', (_, retryDelay) => {
    const scene = connecting({ kinds: ['http'], retryDelay });
    expect(scene.at(10, lost(1))).toEqual(['give-up']);
    expect(scene.link).toEqual({ name: 'closed' });
  });

  it('opens over HTTP while the WebSocket is on its way, and keeps that for an upgrade', () => {
    const scene = connecting();
    scene.at(300, 'tick');
    expect(scene.at(340, welcome(2))).toEqual(['adopt 2']);
    expect(scene.link).toEqual({
      name: 'upgrading',
      current: http(2),
      candidate: ws(1),
      since: 340,
      deadline: 5340,
    });
    expect(scene.life.memory.setbacks).toBe(0);
  });

  it('notes a setback when HTTP opens where the WebSocket failed', () => {
    const scene = openOverHttp();
    expect(scene.link).toEqual({ name: 'open', current: http(2), since: 100, upgradeAt: 100 + 1500 });
    expect(scene.life.memory.setbacks).toBe(1);
  });

  it('drops the WebSocket when HTTP, being preferred, opens', () => {
    const scene = new Scene({ kinds: ['http', 'websocket'] });
    expect(scene.at(0, 'start')).toEqual(['dial http 1']);
    expect(scene.at(300, 'tick')).toEqual(['dial websocket 2']);
    expect(scene.at(340, welcome(1))).toEqual(['adopt 1', 'drop 2']);
    expect(scene.link).toEqual({ name: 'open', current: http(1), since: 340, upgradeAt: Infinity });
    expect(scene.life.memory.setbacks).toBe(0);
  });

  it('drops HTTP when the WebSocket is welcomed first', () => {
    const scene = connecting();
    scene.at(300, 'tick');
    expect(scene.at(310, welcome(1))).toEqual(['drop 2', 'adopt 1']);
    expect(scene.link).toEqual({ name: 'untried', current: ws(1), since: 310, patience: 310 });
  });

  it('attaches again over the same WebSocket if it was superseded, and is proven by the answer', () => {
    const scene = connecting();
    expect(scene.at(40, superseded(1))).toEqual(['attach 1']);
    expect(scene.link).toMatchObject({
      name: 'connecting',
      dials: [{ ...ws(1), answered: true }],
      deadline: 10_040,
    });
    expect(scene.at(80, welcome(1))).toEqual(['adopt 1']);
    expect(scene.link).toMatchObject({ name: 'open', since: 80 });
  });

  it('attaches again over another HTTP transport if one was superseded', () => {
    const scene = connecting({ kinds: ['http'] });
    expect(scene.at(40, superseded(1))).toEqual(['drop 1', 'dial http 2']);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [http(2)] });
  });

  it('begins a new session on the transport that learns that the old one is gone', () => {
    const scene = connecting();
    scene.at(300, 'tick');
    expect(scene.at(310, gone(1))).toEqual(['drop 2', 'renew', 'attach 1']);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [{ ...ws(1), answered: true }] });
    expect(scene.at(340, gone(1))).toEqual(['renew', 'attach 1']);
  });

  it('begins it over another HTTP transport if that one was HTTP', () => {
    const scene = connecting({ kinds: ['http', 'websocket'] });
    expect(scene.at(40, gone(1))).toEqual(['renew', 'drop 1', 'dial http 2']);
  });

  it('dials HTTP first after a setback, and WebSocket again once the page has woken', () => {
    const scene = openOverHttp();
    expect(scene.at(5000, lost(2))).toEqual(['dial http 3']);
    const another = openOverHttp();
    another.at(4000, 'sleep');
    expect(another.at(5000, 'wake')).toEqual(['dial websocket 3']);
    expect(another.life.memory.setbacks).toBe(0);
  });
});

describe('untried', () => {
  it('asks for a proof with what is sent first, and gives it as long as the welcome took', () => {
    const scene = untried();
    expect(scene.at(100, 'speak')).toEqual(['ping 1']);
    expect(scene.link).toEqual({
      name: 'unproven',
      current: ws(1),
      hedge: undefined,
      since: 40,
      deadline: 400,
    });
  });

  it('gives two seconds if it was silent for one', () => {
    const scene = untried();
    expect(scene.at(1040, 'speak')).toEqual(['ping 1']);
    expect(scene.link).toMatchObject({ name: 'unproven', deadline: 3040 });
  });

  it('is probed if there is no other kind', () => {
    const scene = untried({ kinds: ['websocket'] });
    expect(scene.at(50, 'speak')).toEqual(['ping 1']);
    expect(scene.link).toMatchObject({ name: 'probing', since: 40, deadline: 2050 });
  });

  it('is given as long as a slow welcome took if there is no other kind', () => {
    const scene = connecting({ kinds: ['websocket'] });
    scene.at(4000, welcome(1));
    scene.at(4000, 'speak');
    expect(scene.link).toMatchObject({ name: 'probing', deadline: 8000 });
  });

  it('asks when nothing is heard for longer than the heartbeat allows: what is missing may come over HTTP', () => {
    const scene = untried();
    scene.facts = { ...scene.facts, heardAt: 40 };
    expect(scene.at(30_039, 'tick')).toEqual([]);
    expect(scene.at(30_040, 'tick')).toEqual(['ping 1']);
    expect(scene.link).toMatchObject({ name: 'unproven', deadline: 32_040 });
    expect(scene.at(32_040, 'tick')).toEqual(['dial http 2']);
  });

  it('is probed when the page comes back: that it may have died meanwhile is not its fault', () => {
    const scene = untried();
    expect(scene.at(10_000, 'wake')).toEqual(['ping 1']);
    expect(scene.link).toMatchObject({ name: 'probing', since: 40, deadline: 11_000 });
  });

  it('attaches again if it is superseded, and is doubted if that is not answered', () => {
    const scene = untried();
    expect(scene.at(60, superseded(1))).toEqual(['attach 1']);
    expect(scene.link).toMatchObject({ name: 'connecting', hedgeAt: 360, deadline: 10_060 });
  });

  it('has nobody beside it when it attaches again if there is no other kind', () => {
    const scene = untried({ kinds: ['websocket'] });
    expect(scene.at(60, superseded(1))).toEqual(['attach 1']);
    expect(scene.link).toMatchObject({ name: 'connecting', hedgeAt: Infinity });
  });

  it('has died young if it is lost soon', () => {
    const scene = untried();
    expect(scene.at(60, lost(1))).toEqual(['dial http 2']);
    expect(scene.life.memory).toMatchObject({ setbacks: 1, rounds: 2 });
  });
});

describe('unproven', () => {
  it('is open with the first answer, as old as its welcome', () => {
    const scene = unproven();
    expect(scene.at(80, 'proven')).toEqual([]);
    expect(scene.link).toEqual({ name: 'open', current: ws(1), since: 40, upgradeAt: Infinity });
  });

  it('is doubted when no answer comes: HTTP is dialled beside it', () => {
    const scene = unproven();
    expect(scene.at(339, 'tick')).toEqual([]);
    expect(scene.at(340, 'tick')).toEqual(['dial http 2']);
    expect(scene.link).toMatchObject({ name: 'unproven', current: ws(1), hedge: http(2), deadline: 10_340 });
  });

  it('is given up for HTTP that opens', () => {
    const scene = doubted();
    expect(scene.at(400, welcome(2))).toEqual(['adopt 2', 'drop 1']);
    expect(scene.link).toMatchObject({ name: 'open', current: http(2), since: 400 });
    expect(scene.life.memory.setbacks).toBe(1);
  });

  it('drops HTTP when the answer comes after all', () => {
    const scene = doubted();
    expect(scene.at(400, 'proven')).toEqual(['drop 2']);
    expect(scene.link).toMatchObject({ name: 'open', current: ws(1) });
    expect(scene.life.memory.setbacks).toBe(0);
  });

  it.each([
    ['is lost', lost(2)],
    ['is superseded', superseded(2)],
    ['knows no such session', gone(2)],
  ])('waits for its answer to the same deadline if the HTTP beside it %s', (_, event) => {
    const scene = doubted();
    const { deadline } = scene.link as Link & { name: 'unproven' };
    expect(scene.at(400, event)).toEqual(['drop 2']);
    expect(scene.link).toMatchObject({ name: 'probing', current: ws(1), deadline });
  });

  it('goes on with the HTTP beside it when it is lost itself', () => {
    const scene = doubted();
    expect(scene.at(400, lost(1))).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [http(2)] });
    expect(scene.life.memory.setbacks).toBe(1);
  });

  it('makes room for the HTTP beside it when that has taken the session', () => {
    const scene = doubted();
    expect(scene.at(400, superseded(1))).toEqual(['drop 1']);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [http(2)], hedgeAt: Infinity });
    expect(scene.life.memory.setbacks).toBe(1);
  });

  it('attaches again if it is superseded with nothing beside it, and is doubted when it would have been', () => {
    const scene = unproven();
    expect(scene.at(60, superseded(1))).toEqual(['attach 1']);
    expect(scene.link).toMatchObject({ name: 'connecting', hedgeAt: 340, deadline: 10_060 });
    expect(scene.at(340, 'tick')).toEqual(['dial http 2']);
  });

  it('begins a new session if the old one is gone', () => {
    expect(doubted().at(400, gone(1))).toEqual(['drop 2', 'renew', 'attach 1']);
  });

  it('dials anew when it is lost', () => {
    const scene = unproven();
    expect(scene.at(60, lost(1))).toEqual(['dial http 2']);
    expect(scene.life.memory).toMatchObject({ setbacks: 1, rounds: 2 });
  });

  it('gives up both when neither comes to anything', () => {
    const scene = doubted();
    expect(scene.at(10_340, 'tick')).toEqual(['drop 1']);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [http(2)] });
  });
});

describe('open', () => {
  it('is probed when nothing is heard for longer than the heartbeat allows', () => {
    const scene = open();
    scene.facts = { ...scene.facts, heardAt: 100 };
    expect(scene.at(30_099, 'tick')).toEqual([]);
    expect(scene.at(30_100, 'tick')).toEqual(['ping 1']);
    expect(scene.link).toEqual({
      name: 'probing',
      current: ws(1),
      since: 40,
      askedAt: 30_100,
      askedBytes: 0,
      deadline: 32_100,
    });
  });

  it('is probed when an acknowledgement is owed for too long', () => {
    const scene = open();
    scene.facts = { ...scene.facts, heardAt: 900, owedSince: 1000, owedBytes: 3200 };
    expect(scene.at(4099, 'tick')).toEqual([]);
    expect(scene.at(4100, 'tick')).toEqual(['ping 1']);
  });

  it('is probed at once when the page wakes', () => {
    const scene = open();
    scene.facts = { ...scene.facts, heardAt: 500 };
    expect(scene.at(500, 'wake')).toEqual(['ping 1']);
    // A person is looking at it: a second at most.
    expect(scene.link).toMatchObject({ name: 'probing', deadline: 1500 });
  });

  it('does not listen to transports that are forgotten', () => {
    const scene = open();
    const { life } = scene;
    for (const event of [welcome(9), superseded(9), gone(9), lost(9)]) {
      expect(scene.at(6000, event)).toEqual([]);
      expect(scene.life).toBe(life);
    }
  });

  it('dials no WebSocket while a part of a message is here', () => {
    const scene = openOverHttp();
    scene.facts = { ...scene.facts, midway: true };
    expect(scene.at(20_000, 'tick')).toEqual([]);
    scene.facts = { ...scene.facts, midway: false };
    expect(scene.at(20_000, 'tick')).toEqual(['stand by websocket 3']);
  });

  it('dials a WebSocket that stands by when an upgrade is due', () => {
    const scene = openOverHttp();
    expect(scene.at(1599, 'tick')).toEqual([]);
    expect(scene.at(1600, 'tick')).toEqual(['stand by websocket 3']);
    expect(scene.link).toEqual({
      name: 'upgrading',
      current: http(2),
      candidate: ws(3),
      since: 100,
      deadline: 6600,
    });
  });

  it('is dialled anew at once when it is lost', () => {
    const scene = open();
    expect(scene.at(6000, lost(1))).toEqual(['dial websocket 2']);
    expect(scene.life.memory).toMatchObject({ rounds: 1, setbacks: 0 });
  });

  it('attaches again when it is superseded', () => {
    expect(open().at(6000, superseded(1))).toEqual(['attach 1']);
    expect(openOverHttp().at(6000, superseded(2))).toEqual(['drop 2', 'dial http 3']);
  });

  it('begins a new session when the old one is gone', () => {
    expect(open().at(6000, gone(1))).toEqual(['renew', 'attach 1']);
    expect(openOverHttp().at(6000, gone(2))).toEqual(['renew', 'drop 2', 'dial http 3']);
  });
});

describe('probing', () => {
  it('is open again with an answer, as old as before', () => {
    const scene = probing();
    expect(scene.at(10_040, 'proven')).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'open', since: 40 });
  });

  it('is replaced without an answer', () => {
    const scene = probing();
    expect(scene.at(10_999, 'tick')).toEqual([]);
    expect(scene.at(11_000, 'tick')).toEqual(['drop 1', 'dial websocket 2']);
  });

  it('waits longer if something else came, and longer for more of it: the answer is behind that', () => {
    const scene = probing();
    scene.facts = { ...scene.facts, heardAt: 10_001 };
    expect(scene.at(11_000, 'tick')).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'probing', askedAt: 10_000, deadline: 18_000 });
    scene.facts = { ...scene.facts, heardBytes: 32_000 };
    expect(scene.at(18_000, 'tick')).toEqual([]);
    expect(scene.link).toMatchObject({ deadline: 19_000 });
    expect(scene.at(19_000, 'tick')).toEqual(['drop 1', 'dial websocket 2']);
  });

  it('waits half a minute at most, whatever comes', () => {
    const scene = probing();
    scene.facts = { ...scene.facts, heardAt: 10_001, heardBytes: 1e9 };
    expect(scene.at(11_000, 'tick')).toEqual([]);
    expect(scene.link).toMatchObject({ deadline: 40_000 });
    expect(scene.at(40_000, 'tick')).toEqual(['drop 1', 'dial websocket 2']);
  });

  it('sends no second ping when the page wakes again', () => {
    const scene = probing();
    expect(scene.at(10_500, 'wake')).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'probing', deadline: 11_000 });
  });

  it('is dialled anew when it is lost', () => {
    expect(probing().at(10_040, lost(1))).toEqual(['dial websocket 2']);
  });

  it('answers a verdict as an open link does', () => {
    expect(probing().at(10_040, superseded(1))).toEqual(['attach 1']);
    expect(probing().at(10_040, gone(1))).toEqual(['renew', 'attach 1']);
  });
});

describe('upgrading', () => {
  it('claims the session once the WebSocket has brought an answer', () => {
    const scene = upgrading();
    expect(scene.at(2100, superseded(3))).toEqual(['attach 3']);
    expect(scene.link).toMatchObject({
      name: 'claiming',
      current: http(2),
      candidate: ws(3),
      deadline: 4100,
    });
  });

  it('takes a welcome for an old answer: HTTP has the session', () => {
    const scene = upgrading();
    expect(scene.at(2100, welcome(3))).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'upgrading' });
  });

  it.each([
    ['is lost', 3000, lost(3)],
    ['is on a server without the session', 3000, gone(3)],
    ['is mute', 12_000, 'tick' as const],
  ])('stays where it is if the WebSocket %s', (_, now, event) => {
    const scene = upgrading();
    expect(scene.at(now, event)).toEqual(['drop 3']);
    expect(scene.link).toEqual({ name: 'open', current: http(2), since: 100, upgradeAt: now + 3000 });
    expect(scene.life.memory.setbacks).toBe(2);
  });

  it('goes on with the WebSocket when HTTP is lost, and dials HTTP again beside it', () => {
    const scene = upgrading();
    expect(scene.at(2100, lost(2))).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [ws(3)], hedgeAt: 2100 });
    expect(scene.at(2100, 'tick')).toEqual(['dial http 4']);
  });

  it('lets go of the WebSocket when HTTP has to attach again', () => {
    expect(upgrading().at(2100, superseded(2))).toEqual(['drop 3', 'drop 2', 'dial http 4']);
    expect(upgrading().at(2100, gone(2))).toEqual(['drop 3', 'renew', 'drop 2', 'dial http 4']);
  });

  it('lets go of the WebSocket when the page wakes: it may be in another network', () => {
    const scene = upgrading();
    expect(scene.at(2100, 'wake')).toEqual(['drop 3', 'ping 2']);
    expect(scene.link).toMatchObject({ name: 'probing', current: http(2), since: 100 });
  });

  it('probes HTTP when that is suspicious meanwhile', () => {
    const scene = upgrading();
    scene.facts = { ...scene.facts, heardAt: 2000, owedSince: 2000 };
    expect(scene.at(4999, 'tick')).toEqual([]);
    expect(scene.at(5000, 'tick')).toEqual(['drop 3', 'ping 2']);
    expect(scene.link).toMatchObject({ name: 'probing', current: http(2), since: 100 });
  });
});

describe('claiming', () => {
  it('moves to the WebSocket with its welcome', () => {
    const scene = claiming();
    expect(scene.at(2200, welcome(3))).toEqual(['adopt 3', 'drop 2']);
    expect(scene.link).toEqual({ name: 'open', current: ws(3), since: 2200, upgradeAt: Infinity });
  });

  it('is not disturbed when HTTP is superseded: that is what the claim is for', () => {
    const scene = claiming();
    const { life } = scene;
    expect(scene.at(2150, superseded(2))).toEqual([]);
    expect(scene.life).toBe(life);
  });

  it('claims again if another attach overtook it', () => {
    const scene = claiming();
    expect(scene.at(2200, superseded(3))).toEqual(['attach 3']);
    expect(scene.link).toMatchObject({ name: 'claiming', deadline: 4200 });
  });

  it.each([
    ['is lost', 3000, lost(3)],
    ['is on a server without the session', 3000, gone(3)],
    ['does not answer', 4100, 'tick' as const],
  ])('attaches HTTP again if the WebSocket %s, since the claim may have arrived', (_, now, event) => {
    const scene = claiming();
    expect(scene.at(now, event)).toEqual(['drop 3', 'drop 2', 'dial http 4']);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [http(4)] });
    expect(scene.life.memory.setbacks).toBe(2);
  });

  it('goes on with the WebSocket when HTTP is lost', () => {
    const scene = claiming();
    expect(scene.at(2200, lost(2))).toEqual([]);
    expect(scene.link).toMatchObject({ name: 'connecting', dials: [ws(3)] });
  });
});

const states: [Scene['link']['name'], () => Scene, string[]][] = [
  ['waiting', () => new Scene(), []],
  ['connecting', connecting, ['drop 1']],
  ['untried', untried, ['drop 1']],
  ['unproven', doubted, ['drop 1', 'drop 2']],
  ['open', open, ['drop 1']],
  ['probing', probing, ['drop 1']],
  ['upgrading', upgrading, ['drop 2', 'drop 3']],
  ['claiming', claiming, ['drop 2', 'drop 3']],
];

describe.each(states)('from %s on', (name, make, drops) => {
  it('ends for good', () => {
    const scene = make();
    expect(scene.link.name).toBe(name);
    expect(scene.at(20_000, 'end')).toEqual(drops);
    for (const event of ['start', 'tick', 'wake', 'proven', 'sleep', 'end'] as const) {
      expect(scene.at(21_000, event)).toEqual([]);
      expect(scene.link).toEqual({ name: 'closed' });
    }
  });

  it('sleeps until the page wakes', () => {
    const scene = make();
    expect(scene.at(20_000, 'sleep')).toEqual(drops);
    expect(scene.link).toEqual({ name: 'waiting', retryAt: Infinity });
    expect(scene.at(21_000, 'wake')).toEqual([expect.stringMatching(/^dial websocket/)]);
  });

  it('goes away for as long as the server asks', () => {
    const scene = make();
    expect(scene.at(20_000, { type: 'go-away', delay: 700 })).toEqual(drops);
    expect(scene.link).toEqual({ name: 'waiting', retryAt: 20_700 });
    expect(scene.at(20_700, 'tick')).toHaveLength(1);
  });
});

/** What happens, given the numbers of the transports that it may happen to. */
const happenings = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('welcome', 'superseded', 'gone', 'lost'), fc.nat(3))
      .map(([type, ago]) => (dialled: number): LinkEvent => ({ type, id: dialled - ago })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('tick', 'proven').map((type) => (): LinkEvent => ({ type })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<LinkEvent>(
        { type: 'start' },
        { type: 'wake' },
        { type: 'sleep' },
        { type: 'go-away', delay: 100 },
      )
      .map((event) => () => event),
  },
);

const chance = fc.record({
  /** How long nothing happens before. */
  after: fc.constantFrom(0, 1, 50, 300, 1000, 2000, 10_000, 60_000),
  happening: happenings,
  silence: fc.constantFrom(0, 1000, 40_000),
  owedFor: fc.constantFrom(-Infinity, 0, 5000),
  latency: fc.constantFrom(undefined, 20, 5000),
  offline: fc.boolean(),
});

const anyOptions: fc.Arbitrary<Partial<LinkOptions>> = fc.record({
  kinds: fc.constantFrom<LinkOptions['kinds']>(
    ['websocket', 'http'],
    ['http', 'websocket'],
    ['websocket'],
    ['http'],
  ),
  fallbackDelay: fc.constantFrom(0, 300, 5000),
  retryDelay: fc.constantFrom<LinkOptions['retryDelay']>(
    undefined,
    () => 0,
    (rounds) => rounds * 100,
    (rounds) => (rounds < 5 ? 100 : undefined),
  ),
});

it('keeps its transports in order, whatever happens', () => {
  fc.assert(
    fc.property(anyOptions, fc.array(chance, { maxLength: 60 }), (options, chances) => {
      const scene = new Scene(options);
      const witness = new Witness(scene);
      witness.sees(0, { type: 'start' });
      let now = 0;
      for (const { after, happening, silence, owedFor, latency, offline } of chances) {
        now += after;
        scene.facts = { ...fairFacts, heardAt: now - silence, owedSince: now - owedFor, latency, offline };
        witness.sees(now, happening(scene.life.memory.dialled));
      }
      witness.sees(now, { type: 'end' });
      expect(scene.link).toEqual({ name: 'closed' });
    }),
    { numRuns: 2000 },
  );
});
