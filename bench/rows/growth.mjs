import { setTimeout } from 'node:timers/promises';
import { closeAll, connect, echoes, echoesAmong, gather, open } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** What follows on the last message is counted for so long, in ms: acknowledgements are due by then. */
const AFTERMATH = 1000;
/** Clients that come and go before, and their messages, so that the engine knows the code. */
const WARM_UP = { sessions: 100, count: 3000 };
const MIB = 1024 * 1024;

/** @param {number} memory in bytes @param {number} count @param {{ result: import('../types.ts').Figures, server: number }} used */
const figures = (memory, count, { result: { ms = NaN }, server }) => ({
  rate: (1000 * count) / ms,
  server: server / count,
  memory: memory / MIB,
});

/** @type {Pick<Row, 'group' | 'subjects' | 'fresh' | 'maxRounds'>} */
const growing = {
  group: 'growth',
  subjects: ['ws', 'holdfast', 'holdfast-streaming-bare', 'holdfast-polling-bare'],
  fresh: true,
  maxRounds: 3,
};

/** @type {(memory: string) => Row['metrics']} */
const metrics = (memory) => [
  { name: 'rate', unit: 'messages a second', digits: 1 },
  { name: 'server', unit: 'server CPU, µs a message', digits: 1, relative: true },
  { name: 'memory', unit: memory, digits: 0 },
];

/** @type {Row} */
export const growthSessions = {
  ...growing,
  name: 'growth-sessions',
  title: 'Growth with sessions',
  about:
    'So many clients are open; 100 messages of 64 B are in flight between them, each an echo of another client. CPU time is that of the second behind the last one too, in which acknowledgements are due. Memory is what the server has resident with all clients idle, after the garbage is collected. ' +
    '18,000 and not 20,000, since this machine lets a process have 20,000 open files; over HTTP 5,000, since one process that is the client of more has no time left for their polls.',
  cases: Object.fromEntries(
    [100, 1000, 5000, 18_000].map((sessions) => [
      `${sessions.toLocaleString('en')} sessions`,
      { sessions, count: 5000, window: 100 },
    ]),
  ),
  metrics: metrics('server memory, MiB'),
  seconds: 300,
  along: { parameter: 'sessions', unit: 'sessions' },
  steps: { connect, closeAll, echoesAmong },
  async measure(pair, parameters) {
    if (parameters.sessions > MOST_OVER_HTTP && overHttp.test(pair.subject)) return {};
    await gather(pair, parameters, WARM_UP.sessions);
    await pair.run('echoesAmong', { ...parameters, count: WARM_UP.count });
    await pair.run('closeAll', parameters);
    await gather(pair, parameters, parameters.sessions);
    const { server: memory } = await pair.memory();
    const used = await pair.cpu(async () => {
      const result = await pair.run('echoesAmong', parameters);
      await setTimeout(AFTERMATH);
      return result;
    });
    return figures(memory, parameters.count, used);
  },
};

/** More clients over HTTP than one process can be. */
const MOST_OVER_HTTP = 5000;
const overHttp = /streaming|polling/;

/** By size in bytes: how many messages, and how many of them in flight. */
const SIZES = /** @type {const} */ ({
  '1 B': [1, 20_000, 256],
  '16 B': [16, 20_000, 256],
  '256 B': [256, 20_000, 256],
  '4 KiB': [4096, 5000, 256],
  '64 KiB': [65_536, 500, 16],
  '1 MiB': [MIB, 40, 2],
  '16 MiB': [16 * MIB, 6, 2],
});

/** @type {Row} */
export const growthSize = {
  ...growing,
  name: 'growth-size',
  title: 'Growth with the size of messages',
  about:
    'Echoes of one client, pipelined as in the first table: 256 messages in flight, 16 of 64 KiB, two of 1 MiB and of 16 MiB. Memory is the most that the server ever had resident.',
  cases: Object.fromEntries(
    Object.entries(SIZES).map(([name, [size, count, window]]) => [name, { size, count, window, heaps: 1 }]),
  ),
  metrics: metrics('most server memory, MiB'),
  seconds: 120,
  along: { parameter: 'size', unit: 'bytes' },
  steps: { open, echo: echoes },
  async measure(pair, parameters) {
    await pair.run('open', parameters);
    await pair.run('echo', { ...parameters, count: Math.ceil(parameters.count / 4) });
    const used = await pair.cpu(() => pair.run('echo', parameters));
    return figures(await pair.peak(), parameters.count, used);
  },
};
