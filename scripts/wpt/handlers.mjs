// What the tests' servers do, for each path that a test dials: our own stand-ins, on HoldfastServer, for the handlers of
// pywebsocket. One that is `raw` writes bytes on an upgraded socket; that has no counterpart over HTTP.

import { createHash } from 'node:crypto';
import { urlOf } from './files.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('@holdfast/server').ServerSocket} Socket */
/** @typedef {import('node:stream').Duplex} Wire */

/** @typedef {(socket: Socket, request: Request, wire: Wire | undefined) => void} Converse */

/**
 * @typedef {object} Handler
 * @property {boolean} [isRaw] Whether it writes bytes of its own on an upgraded socket.
 * @property {(offered: Set<string>) => string | false} [choose] The subprotocol; else the first one.
 * @property {number} [delay] How long the handshake takes, in ms.
 * @property {string} [credentials] What `Authorization` must say.
 * @property {(request: Request) => string[]} [headers] What the handshake's answer says besides.
 * @property {(wire: Wire, request: Request) => void} [shake] Shakes hands by itself.
 * @property {Converse} [converse]
 */

/** The query as it was dialled: over HTTP the client adds a parameter (PROTOCOL.md §6). @param {Request} request */
const searchOf = (request) =>
  urlOf(request)
    .search.slice(1)
    .replace(/&?holdfast=1\.\w*$/, '');

const none = () => /** @type {false} */ (false);

/** @type {(text: (request: Request, socket: Socket) => string) => Converse} */
const say = (text) => (socket, request) => {
  socket.send(text(request, socket));
};

/** @type {Converse} */
const echo = (socket) => {
  socket.on('message', (data, isBinary) => {
    socket.send(isBinary ? data : String(data));
    if (!isBinary && String(data) === 'Goodbye') socket.close();
  });
};

/** @type {(what: (data: string, socket: Socket, wire: Wire | undefined) => void) => Converse} */
const onText = (what) => (socket, _, wire) => {
  socket.on('message', (data) => {
    what(String(data), socket, wire);
  });
};

/** @type {Handler} */
const bye = {
  converse: onText((data, socket) => {
    if (data === 'Goodbye') socket.close();
  }),
};

/** @type {Handler} */
const query = { converse: say(searchOf) };

/** @type {(attributes: string) => Handler} */
const cookie = (attributes) => ({
  headers: (request) => [`ws_test_${searchOf(request)}=test; ${attributes}`],
});

/** The bytes that a text with `\x..` in it stands for. */
const bytesOf = (/** @type {string} */ text) =>
  Buffer.from(
    text.replace(/\\x([\da-f]{2})/gi, (_, byte) => String.fromCharCode(parseInt(String(byte), 16))),
    'latin1',
  );

/**
 * Whether among a client's short frames there is a close, or what a session says before it (PROTOCOL.md §5).
 *
 * @param {Buffer} bytes
 */
function isGoodbye(bytes) {
  for (let at = 0; at < bytes.length;) {
    const end = at + 6 + ((bytes[at + 1] ?? 0) & 0x7f);
    const mask = bytes.subarray(at + 2, at + 6);
    const payload = bytes.subarray(at + 6, end).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    if (bytes[at] === 0x88 || String(payload).startsWith('\x10close')) return true;
    at = end;
  }
  return false;
}

/** From here on nothing leaves for so long, in ms. @type {(wire: Wire, delay: number) => void} */
function hold(wire, delay) {
  for (const name of /** @type {const} */ (['write', 'end'])) {
    const now = wire[name].bind(wire);
    const later = (/** @type {unknown[]} */ ...args) => {
      setTimeout(() => Reflect.apply(now, undefined, args), delay);
      return true;
    };
    Object.assign(wire, { [name]: later });
  }
}

const BACKPRESSURE_MESSAGES = 100;
const BACKPRESSURE_BYTES = 65_536;

/** @type {Record<string, Handler>} */
export const handlers = {
  '/echo': { choose: (offered) => offered.has('echo') && 'echo', converse: echo },
  '/echo_exit': bye,
  '/echo_close_data': bye,
  // What a message says goes onto the wire, and may be no frame.
  '/echo_raw': {
    isRaw: true,
    converse: onText((data, socket, wire) => {
      if (wire) wire.write(bytesOf(data));
      else socket.terminate();
    }),
  },
  '/echo-query': query,
  '/echo-query_v13': query,
  '/echo-cookie': { converse: say(({ headers }) => headers.cookie ?? '(none)') },
  '/origin': { converse: say(({ headers }) => headers.origin ?? '') },
  '/referrer': { converse: say(({ headers }) => headers.referer ?? 'MISSING AS PER FETCH') },
  '/protocol': { converse: say((_, socket) => socket.protocol) },
  '/protocol_array': { converse: say((_, socket) => socket.protocol) },
  '/empty-message': { converse: onText((data, socket) => socket.send(data === '' ? 'pass' : 'fail')) },
  '/simple_handshake': { converse: (socket) => socket.close(1000) },
  '/handshake_no_protocol': { choose: none },
  '/handshake_no_extensions': {},
  '/handshake_sleep_2': { delay: 2000 },
  '/sleep_10_v13': { delay: 10_000 },
  '/basic_auth': { credentials: 'Basic Zm9vOmJhcg==' },
  '/set-cookie': cookie('Path=/'),
  '/set-cookie_http': cookie('Path=/; HttpOnly'),
  '/set-cookie-secure': cookie('Path=/; Secure'),
  '/set-cookie_secure': cookie('Path=/; Secure'),
  '/set-cookies-samesite': {
    headers: (request) => {
      const id = urlOf(request).searchParams.get('value') ?? '';
      return ['None; Secure', 'Lax', 'Strict'].map(
        (site) =>
          `samesite-${/\w+/.exec(site)?.[0].toLowerCase() ?? ''}-${id}=test; Path=/; SameSite=${site}`,
      );
    },
  },
  '/remote-close': {
    converse: (socket, request) => {
      const { searchParams } = urlOf(request);
      if (searchParams.get('abrupt') === '1') socket.terminate();
      else if (searchParams.has('code'))
        socket.close(Number(searchParams.get('code')), searchParams.get('reason') ?? '');
      else socket.close();
    },
  },
  // The client's close is answered late.
  '/delayed-passive-close': {
    isRaw: true,
    converse: (_, __, wire) => {
      /** @param {Buffer} bytes */
      const look = (bytes) => {
        if (!isGoodbye(bytes)) return;
        wire?.off('data', look);
        hold(/** @type {Wire} */ (wire), 1000);
      };
      wire?.prependListener('data', look);
    },
  },
  '/receive-many-with-backpressure': {
    converse: (socket) => {
      const data = Buffer.alloc(BACKPRESSURE_BYTES, ' ').toString();
      for (let i = 0; i < BACKPRESSURE_MESSAGES; i++) socket.send(data);
    },
  },
  '/invalid': {
    isRaw: true,
    shake: (wire) => {
      wire.end('FOO BAR BAZ\r\n\r\n');
    },
  },
  '/wrong_accept_key': {
    isRaw: true,
    shake: (wire) => {
      wire.write(switching('thisisawrongacceptkey'));
    },
  },
  // A subprotocol, whatever was asked for.
  '/handshake_protocol': {
    isRaw: true,
    shake: (wire, { headers }) => {
      wire.write(switching(acceptOf(headers['sec-websocket-key'] ?? ''), 'Sec-WebSocket-Protocol: foobar'));
    },
  },
};

/**
 * @param {string} accept
 * @param {string[]} more
 */
function switching(accept, ...more) {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, ...more, '', ''].join('\r\n');
}

/** RFC 6455 §4.2.2. */
const acceptOf = (/** @type {string} */ key) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
