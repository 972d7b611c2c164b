/**
 * Says of a soak whether something leaked, was lost or came twice. What is compared are calm moments, one at the end of
 * each period: nothing is under way, the same clients are there, garbage was collected.
 */

import { lossOf } from './plan.mjs';

/**
 * @typedef {import('./child.mjs').Sample} Sample
 * @typedef {Sample & { handled: number, sessions: Record<'websocket' | 'streaming' | 'polling' | 'away', number>, unattached: number, plain: number, remembered: number, queued: { messages: number, bytes: number, unsent: number } }} ServerSample
 * @typedef {Sample & { sent: number, received: number, away: number }} ClientSample
 * @typedef {{ at: number, server: ServerSample, clients: ClientSample }} Moment `at` in s since the soak began
 * @typedef {Moment & { perMessage: { server: number, clients: number } }} Period its calm end; µs of CPU for each message that the server took in it
 * @typedef {{ how: 'drain' | 'die', left: number }} Ending of a life of the server; `left`: sessions that it could not hand over
 * @typedef {{ errors: string[], books: { faults: string[], seams: import('./books.mjs').Seam[] }[] }} Books
 *
 * @typedef {object} Run
 * @property {number} talkers clients that are there for the whole soak
 * @property {readonly Period[]} periods
 * @property {readonly Ending[]} endings of the server's lives 1, 2 …
 * @property {{ server: Books, clients: Books }} books of what arrived there
 * @property {{ server: ServerSample, stopped: Sample, clients: Sample, unclosed: number }} end with all clients closed; and the server stopped
 *
 * @typedef {{ name: string, isRight: boolean, text: string }} Finding
 */

/** Of the periods, those left out at first: pools, caches and compiled code grow until they have what they need. */
const WARM_UP = 0.15;
/** Fewer periods than this say nothing of a trend; and of one in CPU time, which is a matter of who else uses the machine. */
export const MIN_PERIODS = 4;
const MIN_PERIODS_OF_CPU = 9;
/**
 * What may have grown from the first third to the last one: so much, or such a share. How many timers clients have at a
 * calm moment depends on what each does next; that none stays is seen when they have closed.
 */
const MAY_GROW = {
  memory: { least: 1024 * 1024, share: 0.1 },
  counts: { server: { least: 2, share: 0 }, clients: { least: 10, share: 0.3 } },
  cpu: { least: 0, share: 0.5 },
};

/** @param {Run} run @returns {Finding[]} */
export function verdictOn(run) {
  return [
    ...calm(run),
    ...(run.periods.length >= MIN_PERIODS ? trends(run.periods) : []),
    talk(run),
    leftovers(run),
  ];
}

/** At each calm moment the server has the sessions of the talkers, a connection for each, and nothing that waits. @param {Run} run */
function calm({ talkers, periods }) {
  const wrong = periods.flatMap(({ server, clients }, i) => {
    const { sessions, plain, unattached, queued, sockets } = server;
    const all = Object.values(sessions).reduce((sum, count) => sum + count, 0);
    const found = {
      sessions: all - sessions.away,
      away: sessions.away,
      plain,
      unattached,
      queued: queued.messages,
      sockets,
      'sockets of clients': clients.sockets,
    };
    const expected = {
      sessions: talkers,
      away: 0,
      plain: 0,
      unattached: 0,
      queued: 0,
      sockets: talkers,
      'sockets of clients': talkers,
    };
    return differences(found, expected).map((text) => `period ${i + 1}: ${text}`);
  });
  return [
    finding('calm', wrong, `${talkers} sessions and connections at each calm moment, and nothing that waits`),
  ];
}

/** @param {readonly Period[]} periods @returns {Finding[]} */
function trends(periods) {
  const { first, last } = thirds(periods);
  const compared = (
    /** @type {string} */ name,
    /** @type {(period: Period) => number} */ of,
    /** @type {{ least: number, share: number }} */ { least, share },
    /** @type {(value: number) => string} */ print,
  ) => {
    const [before, after] = [median(first.map(of)), median(last.map(of))];
    const isRight = after <= before + Math.max(before * share, least);
    return { name, isRight, text: `${print(before)} in the first third, ${print(after)} in the last one` };
  };
  const { memory, counts, cpu } = MAY_GROW;
  const isLong = periods.length >= MIN_PERIODS_OF_CPU;
  const costs = (/** @type {number} */ µs) => `${µs.toFixed(0)} µs a message`;
  return [
    .../** @type {const} */ (['server', 'clients']).flatMap((end) => [
      compared(`memory of the ${end}`, (period) => period[end].memory, memory, mib),
      compared(`resources of the ${end}`, (period) => period[end].resources, counts[end], String),
    ]),
    compared('timers of the server', (period) => period.server.timers, counts.server, String),
    ...(isLong ? [compared('CPU of the server', ({ perMessage }) => perMessage.server, cpu, costs)] : []),
  ];
}

/** The periods that are compared: without the warm-up, the first third and the last one. @template T @param {readonly T[]} periods */
export function thirds(periods) {
  const warm = periods.slice(Math.max(1, Math.ceil(periods.length * WARM_UP)));
  const third = Math.max(1, Math.floor(warm.length / 3));
  return { first: warm.slice(0, third), last: warm.slice(-third) };
}

/** Nothing is lost, doubled or out of order, but for what a death of the server excuses. @param {Run} run @returns {Finding} */
function talk({ talkers, endings, books }) {
  const { server, clients } = books;
  const wrong = [
    ...server.errors,
    ...clients.errors,
    ...[...server.books, ...clients.books].flatMap(({ faults }) => faults),
  ];
  // Books that were not kept would find nothing wrong.
  for (const [end, { books: pages }] of Object.entries(books))
    if (pages.length !== talkers) wrong.push(`${pages.length} of ${talkers} books of the ${end}`);
  let lost = 0;
  let doubled = 0;
  for (const [end, { books: pages }] of Object.entries(books)) {
    for (const { talker, from, to, step } of pages.flatMap(({ seams }) => seams)) {
      if (from === 0 && step === 0) continue;
      const died = endings.slice(from - 1, to - 1).some(({ how, left }) => how === 'die' || left > 0);
      // A message whose client sends it again is not lost on its way up; one whose client does not is not doubled.
      const excused =
        died && from > 0 && (end === 'clients' || (lossOf(talker) === 'resend' ? step <= 0 : step >= 0));
      if (!excused && step !== 0)
        wrong.push(
          `talker ${talker}, at the ${end}: ${step > 0 ? `${step} lost` : `${-step} doubled`} between lives ${from} and ${to}`,
        );
      else if (step > 0) lost += step;
      else doubled -= step;
    }
  }
  const deaths = endings.filter(({ how }) => how === 'die').length;
  return finding(
    'messages',
    wrong,
    `none lost, doubled or out of order (but for ${deaths} deaths of the server: ${lost} lost, ${doubled} doubled)`,
  );
}

/** @param {Run} run @returns {Finding} */
function leftovers({ end: { server, stopped, clients, unclosed } }) {
  const sessions = Object.values(server.sessions).reduce((sum, count) => sum + count, 0);
  const { sockets, timers, listeners, plain, unattached } = server;
  const found = {
    unclosed,
    sessions,
    plain,
    unattached,
    sockets,
    timers,
    listeners,
    'sockets of clients': clients.sockets,
    'timers of clients': clients.timers,
    'listeners after the stop': stopped.listeners,
    'timers after the stop': stopped.timers,
  };
  const wrong = differences(found, {
    ...Object.fromEntries(Object.keys(found).map((key) => [key, 0])),
    listeners: 1,
  });
  return finding(
    'leftovers',
    wrong,
    'none: when all clients have closed, the server has its listener, and once stopped not that either',
  );
}

/** @param {Record<string, number>} found @param {Record<string, number>} expected */
const differences = (found, expected) =>
  Object.entries(found).flatMap(([key, value]) =>
    value === expected[key] ? [] : [`${key}: ${value} instead of ${expected[key]}`],
  );

/** @param {string} name @param {readonly string[]} wrong @param {string} right @returns {Finding} */
const finding = (name, wrong, right) => ({
  name,
  isRight: wrong.length === 0,
  text:
    wrong.length === 0
      ? right
      : `${wrong.slice(0, 5).join('; ')}${wrong.length > 5 ? `; and ${wrong.length - 5} more` : ''}`,
});

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** @param {number} bytes */
export const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
