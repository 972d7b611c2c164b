// Guards of what a server counts: without each of these lines its numbers would be wrong.

const scenes = 'world/test/scenes/stats.test.ts';
const attaches = `${scenes} > attaches`;
const sessions = `${scenes} > sessions`;
const ends = `${scenes} > the end of a session`;
const room = `${scenes} > clients for whom there is no room`;
const times = `${scenes} > times to a client and back`;
const served = 'server/test/stats.test.ts > a server that is asked for its numbers';
const histograms = 'server/test/histogram.test.ts';

const overWebSocket = `${attaches} > are counted by how they were answered over a WebSocket`;
const overHttp = `${attaches} > are counted by how they were answered over HTTP`;
const isSlow = `${ends} > is that of a reader that is too slow: what did not fit is dropped as well`;
const noRoom = `${room} > are counted by what there is too much of`;
const isLeaving = `${room} > are counted if the server is leaving`;
const isHanded = `${sessions} > that change hands are counted, and what has to be sent again`;
const isPlain = `${served} > counts plain WebSockets: those that are open, and how they end`;
const isTurned = `${served} > counts whom it turns away while it drains, and when it is closed`;

/** The lines of one file, each with what it counts and the scene that misses it. */
const inFile = (
  /** @type {string} */ file,
  /** @type {[name: string, find: string, scene: string, replace?: string][]} */ ...lines
) =>
  lines.map(([name, find, scene, replace = '']) => ({
    name,
    file: `server/src/${file}.ts`,
    find,
    replace,
    scene,
  }));

/** @type {import('./index.mjs').Guard[]} */
export const statsGuards = [
  ...inFile(
    'conversation',
    ['a session that begins is no resume', 'attempt === 0, before', overHttp, 'false, before'],
    [
      'a client that was away supersedes nobody',
      'before !== undefined && before !== transport, ',
      isHanded,
      'true, ',
    ],
    [
      'an attach that gets its session is counted',
      'counters.attached(attempt === 0',
      overHttp,
      'void (attempt === 0',
    ],
    ['a claim that cannot be is gone', 'counters.attaches.gone++;', overHttp],
    [
      'messages that arrive are counted',
      'received.messages++;',
      `${sessions} > have their messages counted, those that are repeated once`,
    ],
    [
      'bytes that arrive are counted',
      'received.bytes += frame.data.length;',
      `${sessions} > have their messages counted, those that are repeated once`,
    ],
    [
      'what is sent too late is counted',
      'this.host.counters.dropped.late++;',
      `${ends} > is behind what the application sends too late`,
    ],
  ),
  ...inFile(
    'lifetime',
    [
      'ends are counted',
      'host.counters.ended(how, code, this.keptMessages);',
      `${ends} > is closed by a client`,
    ],
    [
      'a goodbye is no message',
      'Math.max(0, this.session.outbox.length - Number(this.#state === CLOSING))',
      `${ends} > is that of a client that does not confirm a close: the goodbye is no message`,
      'this.session.outbox.length',
    ],
    [
      'a confirmed goodbye was no message either',
      'Math.max(0, this.session.outbox.length - Number(this.#state === CLOSING))',
      `${ends} > is closed by the application, when the client confirms`,
      'this.session.outbox.length - Number(this.#state === CLOSING)',
    ],
    [
      'an end that hands over all is told apart',
      "isMoved ? 'drained' : 'closed'",
      `${ends} > is that of a server that has handed over all`,
      "'closed'",
    ],
    ['a slow reader is told apart', "code === CloseCode.slowReader ? 'slow' : 'failed'", isSlow, "'failed'"],
  ),
  ...inFile(
    'connection',
    [
      'a welcome ends the round trip of another transport',
      'this.#roundTrip.forget();',
      `${times} > are not measured by what another transport was asked`,
    ],
    [
      'the ping of the server begins a round trip',
      'this.#roundTrip.asked(this.#pingedAt);',
      `${times} > are measured by the pings of the server, and by no other pong`,
    ],
    [
      'a pong for the application is none for the server',
      'if (frame.id === 0) this.#roundTrip.answered(this.host.scheduler.now());\n        else ',
      `${times} > are measured by the pings of the server, and by no other pong`,
      'this.#roundTrip.answered(this.host.scheduler.now());\n        ',
    ],
  ),
  ...inFile(
    'endpoint',
    [
      'answers over a WebSocket are counted',
      'if (answer) this.counters.answered(refusal, answer.type, frame.attempt);',
      overWebSocket,
    ],
    [
      'answers over HTTP are counted',
      'if (answer) {\n        this.counters.answered(refusal, answer.type, frame.attempt);',
      overHttp,
      'if (answer) {',
    ],
    ['repeated attaches are counted', 'this.counters.attaches.repeated++;', overHttp],
    ['requests beyond their bound are counted', 'this.counters.turnedAway.requests++;', noRoom],
    ['attaches that come too late are counted', 'if (leaves) this.counters.turnedAway.leaving++;', isLeaving],
    [
      'attaches that may stay are not counted among them',
      'if (leaves) this.counters.turnedAway.leaving++;',
      noRoom,
      'this.counters.turnedAway.leaving++;',
    ],
  ),
  ...inFile(
    'stats',
    ['sessions that change hands are counted', 'this.supersedes += Number(supersedes);', isHanded],
    ['what is sent again is counted', 'this.replayed += replayed;', isHanded],
    ['refusals are counted', 'this.attaches.refused++;', overHttp],
    ['refusals are counted by code', 'this.refusals.add(refusal.code);', overHttp],
    [
      'a session that nobody knows is gone',
      "if (answer === 'gone') this.attaches.gone++;",
      overWebSocket,
      "if (answer === 'gone') ;",
    ],
    [
      'a WebSocket that stands by is not superseded',
      "attempt > 0 ? 'superseded' : 'standby'",
      overWebSocket,
      "'superseded'",
    ],
    [
      'a session that is over is not gone',
      'else this.attaches.ended++;',
      `${attaches} > of a session that is over are told apart from those of one that nobody knows`,
    ],
    ['ends are counted by how', 'this.ends[how]++;', `${ends} > is closed by a client`],
    ['ends are counted by code', 'this.closes.add(code);', `${ends} > is closed by a client`],
    ['what an end drops is counted', 'this.dropped[how] += kept;', `${ends} > is closed by a client`],
    [
      'codes that clients choose have a bound',
      ' || this.#chosen++ < MAX_CODES',
      `${ends} > has a code that clients may choose, of which thirty-two are told apart`,
      ' || true',
    ],
    [
      'codes of the standard need no room',
      'code < FIRST_CHOSEN || ',
      `${ends} > has a code that clients may choose, of which thirty-two are told apart`,
    ],
    [
      'codes of ours need no room',
      'OURS.includes(code) || ',
      `${ends} > has a code that clients may choose, of which thirty-two are told apart`,
    ],
    [
      'a code that has its place keeps it',
      'code in this.counts || ',
      `${ends} > has a code that clients may choose, of which thirty-two are told apart`,
    ],
    ['plain WebSockets are counted', 'this.plain.opened++;', isPlain],
    ['plain WebSockets that are open are counted', 'this.plain.open++;', isPlain],
    ['a plain WebSocket that has ended is open no more', 'this.plain.open--;', isPlain],
    ['plain WebSockets are counted by how they end', 'this.plain.closes.add(code);', isPlain],
    [
      'a client that is away is not lost sight of',
      "connection.transport?.name ?? 'away'",
      `${sessions} > are counted by what carries them now`,
      "connection.transport?.name ?? 'polling'",
    ],
    [
      'messages that wait are counted',
      'queued.messages += connection.keptMessages;',
      `${sessions} > have what waits for them counted, as long as it does`,
    ],
    [
      'bytes that wait are counted',
      'queued.bytes += connection.session.outbox.bytes;',
      `${sessions} > have what waits for them counted, as long as it does`,
    ],
    [
      'bytes that no network has are counted',
      'queued.unsent += connection.buffered;',
      `${sessions} > have what waits for them counted, as long as it does`,
    ],
    [
      'what was told does not change',
      'Object.freeze({ ...counts })',
      `${scenes} > the numbers of a server > cannot be changed, and do not change later`,
      'counts',
    ],
  ),
  ...inFile(
    'visits',
    ['attaches beyond their rate are counted', 'this.counters.turnedAway.attaches++;', noRoom],
    ['what there is too much of is counted', 'this.counters.turnedAway[bound]++;', noRoom],
    [
      'who stays too long is counted',
      'this.#visits.counters.turnedAway.late++;',
      `${room} > are counted if nobody says in time whether they may come in`,
    ],
  ),
  ...inFile('decisions', [
    'who cannot be decided about is counted',
    'this.#visits.counters.turnedAway.undecided++;',
    `${room} > are counted if the application fails to say`,
  ]),
  ...inFile(
    'entrance',
    [
      'plain WebSockets that cannot be decided about are counted',
      'counters.turnedAway.undecided++;',
      `${served} > counts plain WebSockets that nobody could decide about`,
      ';',
    ],
    ['plain WebSockets that are refused are counted', 'counters.plain.refused++;', isPlain, ';'],
    [
      'pages of other origins are counted',
      'if (!allowed) this.#visits.counters.turnedAway.origin++;',
      `${served} > counts pages of other origins, over WebSocket and HTTP`,
    ],
  ),
  ...inFile(
    'sending',
    [
      'messages that are sent are counted',
      'counters.sent.messages++;',
      `${sessions} > have their messages counted, those that are repeated once`,
    ],
    [
      'bytes that are sent are counted',
      'counters.sent.bytes += size;',
      `${sessions} > have their messages counted, those that are repeated once`,
    ],
    ['a message that does not fit is dropped', 'counters.dropped.slow++;', isSlow],
  ),
  ...inFile('http-polls', [
    'the first poll ends a round trip',
    'this.#roundTrips.add(roundTrip);',
    `${times} > are measured over HTTP by the first poll behind an attach`,
  ]),
  ...inFile(
    'server',
    [
      'a plain WebSocket is seen to open',
      "webSocket.on('close', this.#endpoint.counters.opened());",
      isPlain,
    ],
    [
      'upgrades that come too late are counted',
      'this.#endpoint.counters.turnedAway.leaving++;\n      turnAway(socket);',
      isTurned,
      'turnAway(socket);',
    ],
    [
      'requests that come too late are counted',
      "this.#endpoint.counters.turnedAway.leaving++;\n        exchange.reply.fail(503, 'the server is closing');",
      isTurned,
      "exchange.reply.fail(503, 'the server is closing');",
    ],
  ),
  ...inFile(
    'histogram',
    [
      'a duration on the bound is below it',
      'duration > (BOUNDS',
      `${histograms} > a histogram > counts each duration once, in the first bucket that it fits in`,
      'duration >= (BOUNDS',
    ],
    [
      'durations add up',
      'this.#sum += duration;',
      `${histograms} > a histogram > counts each duration once, in the first bucket that it fits in`,
    ],
    [
      'an answer that was not asked for measures nothing',
      'if (this.#askedAt <= now) ',
      `${histograms} > a round trip > ends with the answer, once`,
    ],
    [
      'an answer measures once',
      'this.#histogram.add(now - this.#askedAt);\n    this.forget();',
      `${histograms} > a round trip > ends with the answer, once`,
      'this.#histogram.add(now - this.#askedAt);',
    ],
  ),
];
