/**
 * The server's process. It echoes what talkers say and keeps their books; others are told apart by the subprotocol that
 * they choose. The server dies and begins again on the same port, in the same process, so that what a closed one leaves
 * behind is seen.
 */

import './timers.mjs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { HoldfastServer } from '@holdfast/server';
import { Book, numberOf } from './books.mjs';
import { sample, serveParent } from './child.mjs';
import { ADDRESS_HEADER, DRAIN, KEEP_ALIVE, passed, PIECE, SERVER_OPTIONS, SIP, SWAMP } from './plan.mjs';

/** @type {import('node:http').Server} */
let http;
/** @type {HoldfastServer} */
let holdfast;
let port = 0;
let life = 0;
let handled = 0;
/** @type {Set<import('node:net').Socket>} */
const connections = new Set();
/** @type {Map<number, Book>} */
const books = new Map();
/** Errors that the library reported, and how its own life ended. */
const errors = /** @type {string[]} */ ([]);
process.on('warning', (warning) => errors.push(String(warning.stack)));

async function listen() {
  life++;
  http = createServer({ keepAliveTimeout: KEEP_ALIVE }, (_, response) => response.writeHead(404).end());
  http.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  holdfast = new HoldfastServer({
    ...SERVER_OPTIONS,
    server: http,
    trustProxy: ({ headers }) => headers[ADDRESS_HEADER]?.toString(),
  });
  holdfast.on('error', (error) => errors.push(String(error.stack)));
  holdfast.on('connection', (socket) => {
    const [role, name] = socket.protocol.split('.');
    (roles[/** @type {keyof typeof roles} */ (role)] ?? roles.flood)(socket, Number(name));
  });
  http.listen(port, '127.0.0.1', 4096);
  await once(http, 'listening');
  port = /** @type {import('node:net').AddressInfo} */ (http.address()).port;
}

/** @typedef {import('@holdfast/server').ServerSocket} ServerSocket */

const roles = {
  /** @param {ServerSocket} socket @param {number} talker */
  talk(socket, talker) {
    const own = life;
    const book = books.get(talker) ?? new Book(talker);
    books.set(talker, book);
    socket.send(`life ${own}`);
    socket.on('message', (data, isBinary) => {
      handled++;
      book.take(numberOf(/** @type {Buffer} */ (data)), own);
      socket.send(data, { binary: isBinary });
    });
  },
  /** @param {ServerSocket} socket */
  flood(socket) {
    socket.on('message', (data, isBinary) => {
      handled++;
      socket.send(data, { binary: isBinary });
    });
  },
  /** Sends until nothing more is kept for this reader. @param {ServerSocket} socket */
  swamp(socket) {
    socket.on('message', async () => {
      for (let i = 0; i < SWAMP && socket.readyState === socket.OPEN; i++) {
        socket.send(Buffer.alloc(PIECE, i));
        await new Promise(setImmediate);
      }
    });
  },
  /** @param {ServerSocket} socket */
  sip(socket) {
    socket.on('message', () => {
      for (let i = 0; i < SIP; i++) socket.send(Buffer.alloc(PIECE, i));
    });
  },
  /** @param {ServerSocket} socket */
  abandoned(socket) {
    for (let i = 0; i < 10; i++) socket.send('x'.repeat(1000));
  },
};

/** Ends this life of the server's, and begins the next one. @param {() => unknown} ending */
async function restart(ending) {
  const before = holdfast;
  const closed = once(before, 'close');
  const ended = await ending();
  await closed;
  const gone = once(http, 'close');
  http.close();
  for (const socket of connections) socket.destroy();
  await gone;
  await listen();
  return Object.assign({ life }, ended);
}

serveParent({
  async start() {
    await listen();
    return port;
  },
  /** Everybody hands over what is under way. */
  drain: () => restart(() => holdfast.close({ drain: DRAIN })),
  /** Nobody hears a word. */
  die: () =>
    restart(() => {
      for (const socket of connections) socket.destroy();
      holdfast.close();
    }),
  /** Some sockets take nothing for a while. @param {{ every: number, ms: number }} what */
  async pause({ every, ms }) {
    const some = [...holdfast.clients].filter((_, i) => i % every === 0);
    for (const socket of some) socket.pause();
    await passed(ms);
    for (const socket of some) socket.resume();
  },
  sample: () => {
    const { sessions, unattached, queued, remembered, plain } = holdfast.stats();
    return {
      ...sample(),
      handled,
      sessions,
      unattached: unattached.clients,
      queued,
      remembered,
      plain: plain.open,
    };
  },
  life: () => life,
  books: () => ({ errors, books: [...books.values()].map(({ faults, seams }) => ({ faults, seams })) }),
  /** The last one. */
  async stop() {
    const closed = once(holdfast, 'close');
    holdfast.close();
    await closed;
    const gone = once(http, 'close');
    http.close();
    await gone;
    await passed(100);
    return sample();
  },
});
