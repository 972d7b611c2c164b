/** What Holdfast is to reach: each bar with the figure that is held to it. */

/**
 * @typedef {object} Bar
 * @property {string} what
 * @property {string} row
 * @property {string} in the case
 * @property {string} subject
 * @property {string} metric
 * @property {'ratio' | 'value'} kind of the row's first subject in the same round, or by itself
 * @property {number} most
 * @property {number} [least] instead of the most
 */

/** @type {(what: string, row: string, name: string, subject: string, metric: string, kind: Bar['kind'], most: number) => Bar} */
const bar = (what, row, name, subject, metric, kind, most) => ({
  what,
  row,
  in: name,
  subject,
  metric,
  kind,
  most,
});

/** @type {(what: string, row: string, name: string, subject: string, metric: string, kind: Bar['kind'], least: number) => Bar} */
const atLeast = (what, row, name, subject, metric, kind, least) => ({
  ...bar(what, row, name, subject, metric, kind, Infinity),
  least,
});

/** @type {readonly Bar[]} */
export const bars = [
  bar('pipelined echo of 64 B, server CPU', 'echo', '64 B', 'holdfast', 'server', 'ratio', 0.35),
  bar('pipelined echo of 1 KiB, server CPU', 'echo', '1 KiB', 'holdfast', 'server', 'ratio', 0.6),
  bar('pipelined echo of 16 KiB, server CPU', 'echo', '16 KiB', 'holdfast', 'server', 'ratio', 1.1),
  bar(
    'one message of 64 B in flight, server CPU',
    'one-in-flight',
    '64 B',
    'holdfast',
    'server',
    'ratio',
    1.15,
  ),
  bar(
    'pipelined echo of 64 B over long-polling, server CPU',
    'echo-polling',
    '64 B',
    'holdfast-polling',
    'server',
    'ratio',
    0.5,
  ),
  bar(
    'pipelined echo of 1 KiB over long-polling, server CPU',
    'echo-polling',
    '1 KiB',
    'holdfast-polling',
    'server',
    'ratio',
    0.8,
  ),
  bar('bytes beyond an echo of 64 B, WebSocket', 'bytes', '64 B', 'holdfast', 'bytes', 'value', 9),
  bar(
    'bytes beyond an echo of 64 B at 10/s, streaming, bare requests',
    'bytes-http',
    '64 B',
    'holdfast-streaming-bare',
    'bytes',
    'value',
    330,
  ),
  bar(
    'bytes beyond an echo of 64 B at 10/s, long-polling, bare requests',
    'bytes-http',
    '64 B',
    'holdfast-polling-bare',
    'bytes',
    'value',
    600,
  ),
  bar(
    'round trips to open, WebSocket',
    'round-trips',
    'sent on open',
    'holdfast-default',
    'open',
    'value',
    2.1,
  ),
  bar(
    'round trips to the first echo, WebSocket',
    'round-trips',
    'sent on open',
    'holdfast-default',
    'echo',
    'value',
    3.1,
  ),
  bar(
    'round trips to open, HTTP',
    'round-trips-http',
    'sent before open',
    'holdfast-streaming',
    'open',
    'value',
    2.1,
  ),
  bar(
    'round trips to the first echo, HTTP',
    'round-trips-http',
    'sent before open',
    'holdfast-streaming',
    'echo',
    'value',
    2.1,
  ),
  bar('a new connection, server CPU', 'connections', 'over WebSocket', 'holdfast', 'server', 'ratio', 1.4),
  bar(
    'one message of 64 B in flight over streaming, by the clock',
    'one-in-flight-http',
    '64 B',
    'holdfast-streaming',
    'wall',
    'ratio',
    3,
  ),
  bar(
    'one message of 64 B in flight over streaming, server CPU',
    'one-in-flight-http',
    '64 B',
    'holdfast-streaming',
    'server',
    'ratio',
    2.5,
  ),
  bar(
    'one message of 64 B in flight over long-polling, by the clock',
    'one-in-flight-http',
    '64 B',
    'holdfast-polling',
    'wall',
    'ratio',
    5,
  ),
  bar(
    'one message of 64 B in flight over long-polling, server CPU',
    'one-in-flight-http',
    '64 B',
    'holdfast-polling',
    'server',
    'ratio',
    3,
  ),
  ...[
    { subject: 'holdfast-streaming', over: 'streaming', p50: 1.3, p99: 2.5 },
    { subject: 'holdfast-polling', over: 'long-polling', p50: 1.8, p99: 4 },
  ].flatMap(({ subject, over, p50, p99 }) => [
    bar(
      `1,000 messages a second over ${over}, half of the echoes, round trips`,
      'many-messages',
      '1,000 a second',
      subject,
      'p50',
      'value',
      p50,
    ),
    bar(
      `1,000 messages a second over ${over}, 99 % of the echoes, round trips`,
      'many-messages',
      '1,000 a second',
      subject,
      'p99',
      'value',
      p99,
    ),
  ]),
  ...[
    { subject: 'holdfast-streaming-obliging', over: 'streaming', p50: 55, p95: 75 },
    { subject: 'holdfast-polling-obliging', over: 'long-polling', p50: 80, p95: 130 },
  ].flatMap(({ subject, over, p50, p95 }) => [
    bar(
      `a message of the server every 10 ms over ${over}, half of them, ms`,
      'messages-down',
      'one in 10 ms',
      subject,
      'p50',
      'value',
      p50,
    ),
    bar(
      `a message of the server every 10 ms over ${over}, 95 %, ms`,
      'messages-down',
      'one in 10 ms',
      subject,
      'p95',
      'value',
      p95,
    ),
  ]),
  ...[
    { subject: 'holdfast-streaming', over: 'streaming' },
    { subject: 'holdfast-polling', over: 'long-polling' },
  ].map(({ subject, over }) =>
    bar(
      `20 messages a second up 64 kbit/s over ${over}, how much later the last ones come, ms`,
      'slow-uplink',
      '20 a second',
      subject,
      'growth',
      'value',
      50,
    ),
  ),
  ...['16 KiB', '4 MiB'].flatMap((size) =>
    [
      { row: 'throughput', subject: 'holdfast-obliging', over: 'WebSocket' },
      { row: 'throughput-http', subject: 'holdfast-streaming-obliging', over: 'streaming' },
      { row: 'throughput-http', subject: 'holdfast-polling-obliging', over: 'long-polling' },
    ].flatMap(({ row, subject, over }) => [
      atLeast(`100 MB up in messages of ${size} over ${over}`, row, size, subject, 'up', 'ratio', 0.85),
      atLeast(`100 MB down in messages of ${size} over ${over}`, row, size, subject, 'down', 'ratio', 0.85),
    ]),
  ),
  bar(
    'memory of an idle session, WebSocket',
    'memory',
    '10,000 idle clients',
    'holdfast',
    'server',
    'ratio',
    1.35,
  ),
  bar(
    'memory of an idle session, streaming',
    'memory-http',
    '2,000 idle clients',
    'holdfast-streaming-bare',
    'server',
    'ratio',
    1.15,
  ),
  bar(
    'memory of an idle session, long-polling',
    'memory-http',
    '2,000 idle clients',
    'holdfast-polling-bare',
    'server',
    'ratio',
    1.15,
  ),
  ...['1,000 clients', '5,000 clients'].flatMap((name) => [
    bar(
      `a broadcast to ${name}, in the loop of \`ws\`, server CPU`,
      'broadcast',
      name,
      'holdfast',
      'server',
      'ratio',
      1,
    ),
    bar(`a broadcast to ${name}, server CPU`, 'broadcast', name, 'holdfast-broadcast', 'server', 'ratio', 1),
  ]),
  bar(
    'a broadcast to 1,000 clients, streaming, server CPU',
    'broadcast-http',
    '1,000 clients',
    'holdfast-streaming-bare',
    'server',
    'ratio',
    1.3,
  ),
  bar(
    'a broadcast to 1,000 clients, long-polling, server CPU',
    'broadcast-http',
    '1,000 clients',
    'holdfast-polling-bare',
    'server',
    'ratio',
    3,
  ),
  bar(
    '2,000 clients cut at once, server CPU',
    'herd',
    '2,000 clients',
    'holdfast-default',
    'server',
    'ratio',
    1.5,
  ),
  bar(
    '2,000 clients cut at once, attempts in any 100 ms, %',
    'herd',
    '2,000 clients',
    'holdfast-default',
    'peak',
    'value',
    10,
  ),
  bar(
    'packages that come with the client',
    'dependencies',
    'installed',
    'holdfast-default',
    'client',
    'value',
    0,
  ),
  bar(
    'packages that come with the server',
    'dependencies',
    'installed',
    'holdfast-default',
    'server',
    'value',
    1,
  ),
];
