// What `npm run model` checks: bounds within which everything holds, rules whose breach must be noticed, runs that are replayed.
// `TROUBLES` is how many things go wrong at most, `FORGETS` how often the server loses the session.

/** @type {{ name: string, defines: string, isDeep?: boolean }[]} */
export const bounds = [
  { name: 'WebSocket alone', defines: 'ONLY_WS UP=2 DOWN=1 TROUBLES=2' },
  { name: 'HTTP alone', defines: 'ONLY_HTTP UP=2 DOWN=2 TROUBLES=2' },
  { name: 'both', defines: 'UP=2 DOWN=1 TROUBLES=1' },
  { name: 'a close', defines: 'CLOSES UP=1 DOWN=1 TROUBLES=1' },
  { name: 'a forgetful server', defines: 'UP=1 DOWN=1 TROUBLES=0 FORGETS=1' },
  { name: 'a forgetful server, WebSocket', defines: 'ONLY_WS UP=2 DOWN=0 TROUBLES=1 FORGETS=1' },
  { name: 'a forgetful server, HTTP', defines: 'ONLY_HTTP UP=2 DOWN=1 TROUBLES=1 FORGETS=1' },
  { name: 'a forgetful server, at most once', defines: 'ONLY_HTTP DISCARD UP=2 DOWN=1 TROUBLES=1 FORGETS=1' },
  { name: 'both, two troubles', defines: 'UP=1 DOWN=1 TROUBLES=2', isDeep: true },
  { name: 'both, more messages', defines: 'UP=2 DOWN=2 TROUBLES=1', isDeep: true },
  { name: 'HTTP alone, three troubles', defines: 'ONLY_HTTP UP=2 DOWN=2 TROUBLES=3', isDeep: true },
  { name: 'WebSocket alone, three troubles', defines: 'ONLY_WS UP=2 DOWN=1 TROUBLES=3', isDeep: true },
];

/** @type {{ name: string, defines: string, cycles?: boolean }[]} */
export const broken = [
  { name: 'a duplicate is dropped', defines: 'BREAK_DUPLICATES TROUBLES=1' },
  { name: 'the highest attempt has the session', defines: 'BREAK_ATTEMPT TROUBLES=1' },
  { name: 'only the carrier is listened to', defines: 'BREAK_CARRIER ONLY_WS FORGETS=1 TROUBLES=1' },
  { name: 'an attach that was overtaken is not answered gone', defines: 'BREAK_STALE TROUBLES=1' },
  { name: 'a verdict is remembered: closed', defines: 'BREAK_VERDICT ONLY_HTTP CLOSES UP=1 TROUBLES=1' },
  { name: 'a verdict is remembered: forgotten', defines: 'BREAK_VERDICT UP=1 FORGETS=1 TROUBLES=1' },
  { name: 'only what is new begins a session', defines: 'BREAK_NEW ONLY_HTTP DOWN=0 FORGETS=1 TROUBLES=1' },
  { name: 'what was not received goes again', defines: 'BREAK_REPLAY ONLY_WS TROUBLES=1' },
  { name: 'only what was sent is acknowledged', defines: 'BREAK_ACK ONLY_WS TROUBLES=0' },
  {
    name: 'at most once, nothing rides before a welcome',
    defines: 'BREAK_RIDE DISCARD ONLY_HTTP FORGETS=1 TROUBLES=1',
  },
  { name: 'a welcome tells only what its attach said', defines: 'BREAK_TOLD TROUBLES=1', cycles: true },
];

/** Places that a random run seldom comes to: spin finds the way (`SEEN` in the model). @type {string[]} */
export const sought = [
  'SEEK=1 TROUBLES=1',
  'SEEK=2 ONLY_HTTP CLOSES TROUBLES=1',
  'SEEK=3 ONLY_HTTP DOWN=0 FORGETS=1 TROUBLES=1',
  'SEEK=4 TROUBLES=2',
];

/** @type {{ defines: string, seeds: number }[]} */
export const traced = [
  { defines: 'TROUBLES=3', seeds: 60 },
  { defines: 'ONLY_HTTP DOWN=2 TROUBLES=4', seeds: 30 },
  { defines: 'CLOSES TROUBLES=2', seeds: 30 },
  { defines: 'FORGETS=1 TROUBLES=2', seeds: 30 },
];
