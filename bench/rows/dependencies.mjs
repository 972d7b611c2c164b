import { dependencies } from '../lib/dependencies.mjs';

/** What the two ends of a library are called. @type {Record<string, readonly [client: string | undefined, server: string]>} */
const packages = {
  ws: [undefined, 'ws'],
  'holdfast-default': ['@holdfast/client', '@holdfast/server'],
  'engine.io-default': ['engine.io-client', 'engine.io'],
  'socket.io-default': ['socket.io-client', 'socket.io'],
  sockjs: ['sockjs-client', 'sockjs'],
};

/** @type {import('../types.ts').Row} */
export const dependenciesRow = {
  name: 'dependencies',
  title: 'Packages that come along',
  about:
    'How many packages are installed with the client, and with the server, beside the two themselves, as `package-lock.json` has them; optional peers are not. A page needs no package for raw `ws`.',
  subjects: Object.keys(packages),
  cases: { installed: {} },
  metrics: [
    { name: 'client', unit: 'with the client', digits: 0 },
    { name: 'server', unit: 'with the server', digits: 0 },
  ],
  seconds: 1,
  maxRounds: 1,
  together: true,
  steps: {},
  async measure({ subject }) {
    const [client, server = ''] = packages[subject] ?? [];
    return { client: client ? dependencies(client).size : 0, server: dependencies(server).size };
  },
};
