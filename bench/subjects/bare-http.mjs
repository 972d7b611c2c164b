/**
 * Messages over Node's `http` on both ends, and nothing beside them: what a library on top of it hardly goes below. There is no session, no
 * acknowledgement, and no order of several messages: it is for rows that send one at a time, and whose clients stay.
 */

import { Agent, request } from 'node:http';

/** @typedef {import('../types.ts').Subject} Subject @typedef {import('../types.ts').Listener} Listener @typedef {import('node:http').ServerResponse} Response */

/** Each client asks, is answered when there is a message for it, and asks again. What it sends is answered with the echo. @type {Subject} */
export const barePolling = {
  label: 'bare `http`, held requests',
  async serve(server) {
    /** Each with the request that it holds, or with what could not be said to it. @type {Map<string, { held?: Response | undefined, unsaid: string[] }>} */
    const clients = new Map();
    server.removeAllListeners('request');
    server.on('request', (asked, response) => {
      const { method, url = '' } = asked;
      const client = clients.get(url);
      if (method === 'POST') readWhole(asked, (text) => response.end(text));
      else if (!client) {
        clients.set(url, { unsaid: [] });
        response.end();
      } else if (client.unsaid.length > 0) response.end(client.unsaid.shift());
      else client.held = response;
    });
    return {
      broadcast: (text) => {
        for (const client of clients.values()) {
          const { held } = client;
          client.held = undefined;
          if (held) held.end(text);
          else client.unsaid.push(text);
        }
      },
    };
  },
  async connector() {
    const agent = new Agent({ keepAlive: true });
    let clients = 0;
    return (port, listener) => {
      const to = { port, host: '127.0.0.1', path: `/${clients++}`, agent };
      /** @param {(text: string) => void} take */
      const poll = (take) => {
        const asked = request(to, (response) => readWhole(response, take));
        // Lost, or closed while it was held.
        return asked.on('error', () => listener.onclose()).end();
      };
      const take = (/** @type {string} */ text) => {
        held = poll(take);
        listener.onmessage(text);
      };
      // The first one is answered at once: from then on the server knows the client.
      let held = poll(() => {
        held = poll(take);
        listener.onopen();
      });
      return {
        send: (text) => {
          const said = post(to, text, listener);
          said.on('response', (response) => readWhole(response, (echo) => listener.onmessage(echo)));
        },
        close: () => void held.destroy(),
      };
    };
  },
};

/** Each client has a response that stays open, into which its messages are written, a line each. What it sends is answered with nothing. @type {Subject} */
export const bareStreaming = {
  label: 'bare `http`, a streamed response',
  async serve(server) {
    /** @type {Map<string, Response>} */
    const clients = new Map();
    server.removeAllListeners('request');
    server.on('request', (asked, response) => {
      const { method, url = '' } = asked;
      if (method === 'POST')
        readWhole(asked, (text) => {
          clients.get(url)?.write(`${text}\n`);
          response.writeHead(204).end();
        });
      else {
        clients.set(url, response);
        response.on('close', () => clients.delete(url));
        response.flushHeaders();
      }
    });
    return {
      broadcast: (text) => {
        for (const client of clients.values()) client.write(`${text}\n`);
      },
    };
  },
  async connector() {
    const agent = new Agent({ keepAlive: true });
    let clients = 0;
    return (port, listener) => {
      const to = { port, host: '127.0.0.1', path: `/${clients++}`, agent };
      const stream = request(to, (response) => {
        response.setEncoding('utf8').on('data', lines(listener));
        listener.onopen();
      });
      stream.on('error', () => {});
      stream.on('close', () => listener.onclose());
      stream.end();
      return {
        send: (text) => void post(to, text, listener).on('response', (response) => response.resume()),
        close: () => void stream.destroy(),
      };
    };
  },
};

/** Takes a text in pieces, and gives its lines. @param {Listener} listener */
export function lines(listener) {
  let rest = '';
  return (/** @type {string} */ piece) => {
    const all = (rest + piece).split('\n');
    rest = all.pop() ?? '';
    for (const line of all) listener.onmessage(line);
  };
}

/** @param {import('node:http').RequestOptions} to @param {string} text @param {Listener} listener told if it is lost */
function post(to, text, listener) {
  const headers = { 'content-length': Buffer.byteLength(text) };
  const said = request({ ...to, method: 'POST', headers });
  said.on('error', () => listener.onclose());
  return said.end(text);
}

/** @param {import('node:http').IncomingMessage} body @param {(text: string) => void} done */
function readWhole(body, done) {
  /** @type {Buffer[]} */
  const pieces = [];
  body.on('data', (/** @type {Buffer} */ piece) => pieces.push(piece));
  body.on('end', () => done(Buffer.concat(pieces).toString()));
}
