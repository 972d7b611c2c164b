// Leaves a server and its clients alone with each other for minutes, in periods that are all alike: talk, cuts, readers that
// stop, floods, hostile clients, sessions that are abandoned, restarts; and at the end of each a calm moment. What is there
// then must not grow, and no message may be lost, doubled or out of order. docs/soak.md tells what ten minutes of it gave.
//
//   npm run soak                      two minutes; builds nothing: `npm run build` comes first
//   npm run soak -- --minutes 10      as many as one likes
//   npm run soak -- --periods 1       so many periods, of some 25 s: too few to compare memory, but nothing may be lost or left over
//   npm run soak -- --seed 7
//   npm run soak -- --write           puts the figures into docs/soak.json and docs/soak.md, and the curves into docs/soak.svg

import { parseArgs } from 'node:util';
import { startFaultProxy } from '@holdfast/fault-proxy';
import { writeDocs } from './soak/docs.mjs';
import { Part } from './soak/part.mjs';
import { Period } from './soak/period.mjs';
import { LINES, TALKERS } from './soak/plan.mjs';
import { mib, verdictOn } from './soak/verdict.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    periods: { type: 'string' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
/** Between two samples, in ms. */
const SAMPLE_INTERVAL = 2000;

const startedAt = performance.now();
const elapsed = () => (performance.now() - startedAt) / 1000;
const isOver = (/** @type {number} */ periods) =>
  values.periods ? periods >= Number(values.periods) : elapsed() >= Number(values.minutes) * 60;

const server = new Part('server');
const clients = new Part('clients');
const port = await server.call('start');
const lines = await Promise.all(Array.from({ length: LINES }, () => startFaultProxy({ target: port })));
const where = { urls: lines.map(({ url }) => url), port, seed: Number(values.seed) };
await clients.call('start', where);

/** @returns {Promise<import('./soak/verdict.mjs').Moment>} */
const moment = async (shouldCollect = false) => {
  if (shouldCollect) await Promise.all([server.call('collect'), clients.call('collect')]);
  const [ofServer, ofClients] = await Promise.all([server.call('sample'), clients.call('sample')]);
  return { at: elapsed(), server: ofServer, clients: ofClients };
};
/** @type {import('./soak/verdict.mjs').Moment[]} */
const curve = [];
let isSampling = true;
const sampling = (async () => {
  while (isSampling) {
    const next = new Promise((resolve) => setTimeout(resolve, SAMPLE_INTERVAL));
    curve.push(await moment(true));
    await next;
  }
})();

/** @type {import('./soak/verdict.mjs').Period[]} */
const periods = [];
/** @type {import('./soak/verdict.mjs').Ending[]} */
const endings = [];
let before = await moment();
while (!isOver(periods.length)) {
  const period = new Period({
    server,
    clients,
    lines,
    where: { ...where, seed: where.seed * 1000 + periods.length },
    moment,
  });
  endings.push(...(await period.run()));
  const now = await period.calm();
  const messages = now.server.handled - before.server.handled;
  const perMessage = (/** @type {'server' | 'clients'} */ end) => (now[end].cpu - before[end].cpu) / messages;
  periods.push({ ...now, perMessage: { server: perMessage('server'), clients: perMessage('clients') } });
  console.log(
    `${now.at.toFixed(0).padStart(4)} s: ${messages} messages, ${perMessage('server').toFixed(0)} µs each; server ${mib(now.server.memory)}, ${now.server.sockets} connections, ${now.server.timers} timers; clients ${mib(now.clients.memory)}, ${now.clients.timers} timers`,
  );
  before = now;
}

const unclosed = await clients.call('close');
isSampling = false;
await sampling;
const books = { server: await server.call('books'), clients: await clients.call('books') };
const end = await new Period({ server, clients, lines, where, moment }).calm(0);
const stopped = await server.call('stop');
for (const line of lines) await line.close();
for (const part of [server, clients]) await part.end();

const run = { talkers: TALKERS, periods, endings, books, end: { ...end, stopped, unclosed } };
const findings = verdictOn(run);
console.log(
  `\n${periods.length} periods in ${elapsed().toFixed(0)} s, ${endings.length} restarts, ${end.server.handled} messages`,
);
for (const { name, isRight, text } of findings)
  console.log(`${isRight ? 'ok    ' : 'FAILED'} ${name}: ${text}`);
if (values.write) writeDocs({ run, curve, findings, seconds: elapsed(), seed: where.seed });
// Whatever connections the lines still hold are theirs.
process.exit(findings.every(({ isRight }) => isRight) ? 0 : 1);
