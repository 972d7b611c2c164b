/** What Holdfast is to reach: each bar with the figure that is held to it. */

/**
 * @typedef {object} Bar
 * @property {string} what
 * @property {string} row
 * @property {string} in the case
 * @property {string} subject
 * @property {string} metric
 * @property {'ratio' | 'value'} kind of raw `ws` in the same round, or by itself
 * @property {number} most
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
  bar('memory of an idle session, WebSocket', 'memory', 'idle clients', 'holdfast', 'server', 'ratio', 1.35),
];
