/** What those that come and go have in common: they are there for a while, and must be gone after it. */

import http from 'node:http';
import { Readable } from 'node:stream';
import { HoldfastSocket } from '@holdfast/client';
import { WebSocket } from 'ws';
import { PATIENCE } from './plan.mjs';

/** @type {import('@holdfast/client').TransportName[]} */
export const TRANSPORTS = ['websocket', 'streaming', 'polling'];

/**
 * Runs a visit; says in words what went wrong with it.
 *
 * @param {string} what
 * @param {(end: (fault?: string) => void) => void} visit calls `end` once it is over
 * @returns {Promise<string[]>}
 */
export function visited(what, visit) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end('has not ended'), PATIENCE);
    /** @param {string} [fault] */
    const end = (fault) => {
      clearTimeout(timer);
      resolve(fault === undefined ? [] : [`${what} ${fault}`]);
    };
    visit(end);
  });
}

/** A tap in the way of what a client receives. */
export class Tap {
  /** @type {Set<WebSocket>} */
  #wires = new Set();
  #opened = Promise.resolve();
  open = () => {};

  /** From now on nothing is read, on whatever is open. */
  shut() {
    this.#opened = new Promise((resolve) => {
      this.open = () => {
        for (const wire of this.#wires) wire.resume();
        resolve();
      };
    });
    for (const wire of this.#wires) if (wire.readyState === wire.OPEN) wire.pause();
  }

  /** The platform, as the client is given it. */
  get platform() {
    const wires = this.#wires;
    const passes = () => this.#opened;
    class Wire extends WebSocket {
      /** @param {string} url @param {string | string[]} [protocols] */
      constructor(url, protocols) {
        super(url, protocols);
        wires.add(this);
        this.on('close', () => wires.delete(this));
      }
    }
    // Not Node's own `fetch`: with its body behind a gate, an aborted response keeps its connection (Node 20.20).
    /** @type {typeof fetch} */
    const request = (url, { body, headers, signal } = {}) =>
      new Promise((resolve, reject) => {
        const options = { method: 'POST', headers, signal, agent: false };
        const asked = http.request(String(url), /** @type {http.RequestOptions} */ (options), (answer) => {
          /** @type {TransformStream<Uint8Array, Uint8Array>} */
          const gate = new TransformStream({
            async transform(bytes, controller) {
              await passes();
              controller.enqueue(bytes);
            },
          });
          const { statusCode: status = 0, headers } = answer;
          const retryAfter = headers['retry-after'];
          const read = /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(answer)).pipeThrough(gate);
          resolve(new Response(read, { status, headers: retryAfter ? { 'retry-after': retryAfter } : {} }));
        });
        asked.on('error', reject);
        asked.end(body);
      });
    return { WebSocket: Wire, fetch: request };
  }
}

/**
 * @param {string} url
 * @param {string} role
 * @param {import('@holdfast/client').HoldfastOptions} options
 */
export function visitor(url, role, options) {
  const socket = new HoldfastSocket(url, [role], {
    WebSocket,
    reconnect: { minDelay: 100, maxDelay: 1000 },
    ...options,
  });
  socket.binaryType = 'arraybuffer';
  return socket;
}
