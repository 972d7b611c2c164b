// Guards of a connection’s life: the table, and its deadlines.

const step = 'client/src/step.ts';
const link = 'client/src/link.ts';
const steps = 'client/test/step.test.ts';
const links = 'client/test/link.test.ts';
const scenes = 'world/test/scenes';

/** @type {import('./index.mjs').Guard[]} */
const ofTable = [
  {
    name: 'a connection that has ended stays so',
    file: step,
    find: "if (link.name === 'closed') return life;",
    scene: `${steps} > from open on > ends for good`,
  },
  {
    name: 'a page that came back forgets earlier setbacks',
    file: step,
    find: "event.type === 'wake' ? { ...life.memory, setbacks: 0 } : life.memory",
    replace: 'life.memory',
    scene: `${scenes}/moving.test.ts > moving > dials HTTP first after a WebSocket failed, and WebSocket again when the page has woken`,
  },
  {
    name: 'a page that sleeps lets go of its transports',
    file: step,
    find: "case 'sleep':\n      turn.drop(...dialsOf(link));",
    replace: "case 'sleep':",
    scene: `${scenes}/away.test.ts > a page > lets go when it is put aside, and goes on when it is shown again`,
  },
  {
    name: 'a server that goes away is not asked before its time',
    file: step,
    find: 'return turn.rest(event.delay);',
    replace: 'return turn.rest(0);',
    scene: `${scenes}/away.test.ts > a server that goes away > is left, and dialled again when it said`,
  },
  {
    name: 'the next round waits for its time',
    file: step,
    find: "if (event.type === 'tick' && now >= link.retryAt)",
    replace: "if (event.type === 'tick')",
    scene: `${steps} > connecting > waits longer from round to round`,
  },
  {
    name: 'a round of connecting has an end',
    file: step,
    find: 'if (now >= link.deadline) {\n          turn.drop(...link.dials);',
    replace: 'if (false) {\n          turn.drop(...link.dials);',
    scene: `${steps} > connecting > gives a round ten seconds`,
  },
  {
    name: 'a round that is over lets go of what it dialled',
    file: step,
    find: 'turn.drop(...link.dials);\n          return turn.wait();',
    replace: 'return turn.wait();',
    scene: `${scenes}/cuts.test.ts > gives up a round after ten seconds in which nobody answers`,
  },
  {
    name: 'the other kind starts beside the first after the fallback delay',
    file: step,
    find: 'return now >= link.hedgeAt ? turn.hedge(link, link.dials) : life;',
    replace: 'return life;',
    scene: `${scenes}/opening.test.ts > opening > is open within the fallback delay and two round trips: swallow`,
  },
  {
    name: 'what happens to a forgotten transport changes nothing',
    file: step,
    find: 'if (!dial) return life;',
    replace: 'if (!dial) return turn.wait();',
    scene: `${steps} > connecting > does not listen to transports that are forgotten`,
  },
  {
    name: 'a WebSocket is on probation until an answer comes',
    file: step,
    find: 'if (!dial.answered) return turn.welcomed(dial, link);',
    scene: `${scenes}/opening.test.ts > opening > moves to HTTP when a proxy passes nothing of what we send`,
  },
  {
    name: 'a WebSocket that is welcomed makes HTTP superfluous',
    file: step,
    find: 'turn.drop(...others);\n            if (!dial.answered)',
    replace: 'if (!dial.answered)',
    scene: `${scenes}/moving.test.ts > moving > sends no request that was dropped in the task in which it was decided on`,
  },
  {
    name: 'a WebSocket that comes second to a preferred HTTP is dropped',
    file: step,
    find: 'if (!turn.upgrades) turn.drop(...others);\n          else if',
    replace: 'if',
    scene: `${steps} > connecting > drops the WebSocket when HTTP, being preferred, opens`,
  },
  {
    name: 'a WebSocket that lost the race is kept for an upgrade',
    file: step,
    find: 'else if (others[0]) return turn.upgrade(dial, others[0], now);',
    replace: 'else if (others[0]) turn.drop(...others);',
    scene: `${steps} > connecting > opens over HTTP while the WebSocket is on its way, and keeps that for an upgrade`,
  },
  {
    name: 'a WebSocket that failed where HTTP opens is set back',
    file: step,
    find: 'else if (link.hedgeAt === Infinity) turn.setBack();',
    scene: `${steps} > connecting > notes a setback when HTTP opens where the WebSocket failed`,
  },
  {
    name: 'a round goes on with the one when the other is lost',
    file: step,
    find: 'if (others.length > 0) return turn.to({ ...link, dials: others });',
    scene: `${steps} > connecting > goes on with the one when the other is lost, and waits when both are`,
  },
  {
    name: 'HTTP does not wait for the fallback delay of a WebSocket that is lost',
    file: step,
    find: 'link.hedgeAt < Infinity ? turn.hedge(link, []) : turn.wait(event.retryAfter)',
    replace: 'turn.wait(event.retryAfter)',
    scene: `${steps} > connecting > does not wait for the fallback delay when the first kind fails before`,
  },
  {
    name: 'a server that asks for patience gets it',
    file: step,
    find: 'turn.wait(event.retryAfter)',
    replace: 'turn.wait()',
    scene:
      'client/test/http-transport.test.ts > the request that opens > waits as long as a busy server asks for, and a random part of that',
  },
  {
    name: 'an answer to a doubted WebSocket drops HTTP',
    file: step,
    find: 'turn.drop(hedge);\n        return turn.open(current, since);',
    replace: 'return turn.open(current, since);',
    scene: `${steps} > unproven > drops HTTP when the answer comes after all`,
  },
  {
    name: 'a WebSocket without an answer is doubted',
    file: step,
    find: 'if (!hedge && turn.other(current.kind)) return turn.doubt(link);',
    scene: `${steps} > unproven > is doubted when no answer comes: HTTP is dialled beside it`,
  },
  {
    name: 'a WebSocket that is given up for HTTP is dropped',
    file: step,
    find: "turn.tell('adopt', hedge);\n          turn.drop(current);",
    replace: "turn.tell('adopt', hedge);",
    scene: `${steps} > unproven > is given up for HTTP that opens`,
  },
  {
    name: 'a WebSocket that is given up for HTTP is set back',
    file: step,
    find: 'turn.drop(current);\n          turn.setBack();\n          return turn.open(hedge);',
    replace: 'turn.drop(current);\n          return turn.open(hedge);',
    scene: `${steps} > unproven > is given up for HTTP that opens`,
  },
  {
    name: 'HTTP that fails beside a doubted WebSocket changes nothing for it',
    file: step,
    find: 'turn.drop(hedge);\n        return turn.asked(current, since, link.deadline);',
    replace:
      "if (event.type === 'lost') return turn.lose(current, since, hedge);\n        return turn.asked(current, since, link.deadline);",
    scene: `${steps} > unproven > waits for its answer to the same deadline if the HTTP beside it is lost`,
  },
  {
    name: 'a doubted WebSocket whose session HTTP took makes room',
    file: step,
    find: 'if (!hedge) return turn.inDoubt(turn.reattach(current), link.deadline - since);',
    replace: 'return turn.inDoubt(turn.reattach(current), link.deadline - since);',
    scene: `${steps} > unproven > makes room for the HTTP beside it when that has taken the session`,
  },
  {
    name: 'a page that wakes looks whether its link is alive',
    file: step,
    find: "if (event.type === 'wake') return turn.probe(link.current, link.since, WAKE_TIMEOUT);",
    scene: `${steps} > open > is probed at once when the page wakes`,
  },
  {
    name: 'a link that is silent for too long is probed',
    file: step,
    find: 'if (now >= suspiciousAt(facts)) return turn.probe(link.current, link.since);',
    scene: `${steps} > open > is probed when nothing is heard for longer than the heartbeat allows`,
  },
  {
    name: 'an upgrade waits for the rest of a message',
    file: step,
    find: ' || facts.midway',
    scene: `${steps} > open > dials no WebSocket while a part of a message is here`,
  },
  {
    name: 'an upgrade that waits is not due',
    file: link,
    find: 'facts.midway ? Infinity : link.upgradeAt',
    replace: 'link.upgradeAt',
    scene: `${links} > what is due > is a suspicion or an upgrade, whichever comes first, while open`,
  },
  {
    name: 'an upgrade stands by before it claims',
    file: step,
    find: "turn.dial('websocket', true)",
    replace: "turn.dial('websocket', false)",
    scene: `${steps} > open > dials a WebSocket that stands by when an upgrade is due`,
  },
  {
    name: 'a link that brings something while it is probed has more time',
    file: step,
    find: 'if (patient) return patient;',
    scene: `${steps} > probing > waits longer if something else came, and longer for more of it: the answer is behind that`,
  },
  {
    name: 'a link that only brings something is not waited for in vain',
    file: 'client/src/turn.ts',
    find: 'Math.min(MAX_QUEUE_TIME, QUEUE_TIME + bytes / SLOW_BYTES_PER_MS)',
    replace: 'QUEUE_TIME + bytes / SLOW_BYTES_PER_MS',
    scene: `${steps} > probing > waits half a minute at most, whatever comes`,
  },
  {
    name: 'silence while a link is probed is no reason to wait',
    file: 'client/src/turn.ts',
    find: 'if (heardAt <= link.askedAt) return undefined;',
    scene: `${steps} > probing > is replaced without an answer`,
  },
  {
    name: 'a link that does not answer is dropped',
    file: step,
    find: 'turn.drop(link.current);\n        return turn.lose(link.current, link.since);',
    replace: 'return turn.lose(link.current, link.since);',
    scene: `${steps} > probing > is replaced without an answer`,
  },
  {
    name: 'HTTP is watched while an upgrade is tried',
    file: step,
    find: "const isDoubtful = event.type === 'tick' && link.name === 'upgrading' && now >= suspiciousAt(facts);",
    replace: 'const isDoubtful = false;',
    scene: `${steps} > upgrading > probes HTTP when that is suspicious meanwhile`,
  },
  {
    name: 'the claim supersedes HTTP: that is what it is for',
    file: step,
    find: "if (link.name === 'claiming') return life;",
    scene: `${steps} > claiming > is not disturbed when HTTP is superseded: that is what the claim is for`,
  },
  {
    name: 'an upgrade claims only what has brought a frame',
    file: step,
    find: "if (event.type === 'tick' && now < link.deadline) return life;",
    replace: "if (event.type === 'tick') return turn.claim(link);",
    scene: `${scenes}/moving.test.ts > moving > stays on HTTP undisturbed while upgrades stay mute`,
  },
  {
    name: 'the answer to an overtaken attach does not complete an upgrade',
    file: step,
    find: "if (link.name === 'upgrading') return life;",
    scene: `${steps} > upgrading > takes a welcome for an old answer: HTTP has the session`,
  },
  {
    name: 'HTTP is dropped when a WebSocket has taken over',
    file: step,
    find: "turn.tell('adopt', candidate);\n        turn.drop(current);",
    replace: "turn.tell('adopt', candidate);",
    scene: `${scenes}/moving.test.ts > moving > leaves nothing behind on the transport that it moved from`,
  },
  {
    name: 'another server that does not know the session does not end it',
    file: step,
    find: "if (event.type === 'superseded') return turn.claim(link);",
    replace:
      "if (event.type === 'superseded') return turn.claim(link);\n      if (event.type === 'gone') return turn.renew(candidate, current);",
    scene: `${steps} > upgrading > stays where it is if the WebSocket is on a server without the session`,
  },
  {
    name: 'an upgrade that fails is set back, so that the next one is later',
    file: step,
    find: "turn.drop(candidate);\n      turn.setBack();\n      return link.name === 'claiming'",
    replace: "turn.drop(candidate);\n      return link.name === 'claiming'",
    scene: `${scenes}/moving.test.ts > moving > tries WebSocket less and less often while it fails`,
  },
  {
    name: 'a claim that failed may have arrived: HTTP attaches again',
    file: step,
    find: "link.name === 'claiming' ? turn.reattach(current) : turn.open(current, since)",
    replace: 'turn.open(current, since)',
    scene: `${steps} > claiming > attaches HTTP again if the WebSocket is lost, since the claim may have arrived`,
  },
  {
    name: 'what is no news of the current transport changes nothing',
    file: step,
    find: 'if (id !== link.current.id) return life;',
    scene: `${steps} > open > does not listen to transports that are forgotten`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofDeadlines = [
  {
    name: 'an open link is looked at when it becomes suspicious',
    file: link,
    find: 'facts.midway ? Infinity : link.upgradeAt, suspiciousAt(facts)',
    replace: 'link.upgradeAt',
    scene: `${scenes}/cuts.test.ts > notices a dead link by the heartbeat that the server has named`,
  },
  {
    name: 'HTTP is looked at while an upgrade is tried',
    file: link,
    find: 'Math.min(link.deadline, suspiciousAt(facts))',
    replace: 'link.deadline',
    scene: `${links} > what is due > is a suspicion or the deadline while upgrading: HTTP is still what carries`,
  },
  {
    name: 'the other kind starts at its time',
    file: link,
    find: 'Math.min(link.hedgeAt, link.deadline)',
    replace: 'link.deadline',
    scene: `${scenes}/opening.test.ts > opening > is open within the fallback delay and two round trips: swallow`,
  },
  {
    name: 'an acknowledgement that is owed for too long is suspicious',
    file: link,
    find: ', owedSince + ACK_TIMEOUT + owedBytes / SLOW_BYTES_PER_MS',
    scene: `${links} > suspicion > comes earlier with an acknowledgement that is owed for three seconds`,
  },
  {
    name: 'a slow link is not suspected for large messages',
    file: link,
    find: ' + ACK_TIMEOUT + owedBytes / SLOW_BYTES_PER_MS',
    replace: ' + ACK_TIMEOUT',
    scene: `${links} > suspicion > gives large messages the time that a slow link needs`,
  },
  {
    name: 'a silence has a grace beyond the heartbeat',
    file: link,
    find: 'heardAt + heartbeat + GRACE',
    replace: 'heardAt + heartbeat',
    scene: `${links} > suspicion > comes with a silence of the heartbeat and five seconds`,
  },
];

export const lifeGuards = [...ofTable, ...ofDeadlines];
