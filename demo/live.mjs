/** The server of the demo's conversation: it answers every number it gets, and counts aloud itself. */

import { createServer } from 'node:http';
import { HoldfastServer } from '@holdfast/server';
import { Ledger } from './public/ledger.js';

const { PORT = '0', ORIGINS = '' } = process.env;

const server = createServer();
const holdfast = new HoldfastServer({
  server,
  path: '/live',
  origins: ORIGINS.split(' '),
});

holdfast.on('connection', (socket) => {
  // Says apart, for the page, the sessions of this server and of the ones before it.
  const from = crypto.randomUUID();
  let count = 0;
  const counting = setInterval(() => socket.send(JSON.stringify({ from, count: ++count })), 50);
  socket.on('close', () => clearInterval(counting));

  /** A ledger for each of the page's runs; one of an earlier session arrives here when its messages are sent again. */
  const ledgers = new Map();
  socket.on('message', (data) => {
    const { run, count: answer } = JSON.parse(String(data));
    const ledger = ledgers.get(run) ?? new Ledger();
    ledgers.set(run, ledger);
    ledger.take(answer);
    socket.send(JSON.stringify({ run, answer, ledger: ledger.figures }));
  });
});

server.listen(Number(PORT), '127.0.0.1', () => process.send?.(server.address()));

// Without the demo there is no reason to go on.
process.on('disconnect', () => process.exit());
