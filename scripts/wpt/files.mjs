// Serves the files of a checkout as wptserve does, as far as tests of WebSockets need it: substitution, wrappers around
// scripts, `.headers`, and stand-ins for what is Python there.

import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as older from './older.mjs';
import { wrapperOf } from './wrappers.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {{ host: string, ports: Record<string, number[]>, prefix: () => string }} Site `prefix`: what workers begin with */

/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.css': 'text/css',
  '.txt': 'text/plain',
};

/** Leaves the results in the page. */
const REPORT = `
add_completion_callback((tests, { status, message }) => {
  self.wptResults = {
    status,
    message,
    subtests: tests.map(({ name, status, message }) => ({ name, status, message })),
  };
});
`;

const isWorker = /\.(any\.(shared|service)?worker|worker)\.js$/;

export class Files {
  #dir;
  #site;

  /**
   * @param {string} dir the checkout
   * @param {Site} site
   */
  constructor(dir, site) {
    this.#dir = dir;
    this.#site = site;
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async answer(request, response) {
    const url = urlOf(request);
    const { pathname } = url;
    const pipe = url.searchParams.get('pipe') ?? '';
    await delay(1000 * Number(/trickle\(d(\d+)/.exec(pipe)?.[1] ?? 0));
    if (pathname.endsWith('/set-cookie.py')) {
      const cookie = decodeURIComponent(url.search.slice(1));
      response.writeHead(200, { 'set-cookie': cookie, 'content-type': 'text/plain' }).end();
      return;
    }
    if (pathname.endsWith('/security/check.py')) {
      response.end('sec-websocket-key' in request.headers ? 'FAIL' : 'PASS');
      return;
    }
    const found = this.#find(pathname);
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    const isTemplate =
      /\.sub\./.test(pathname) || /\bsub\b/.test(pipe) || older.isAlwaysSubstituted.test(pathname);
    // Else as it is: a page may be in another encoding.
    const body = isTemplate ? this.#substitute(String(found.body), request) : found.body;
    const headers = {
      'content-type': found.type,
      'cache-control': 'no-store',
      ...this.#headers(pathname, request),
    };
    response.writeHead(200, headers).end(body);
  }

  /** @param {string} path @returns {{ type: string, body: string | Buffer } | undefined} */
  #find(path) {
    if (path === '/resources/testharnessreport.js') return { type: 'text/javascript', body: REPORT };
    const body = this.#read(path) ?? older.files[path];
    const found =
      body === undefined
        ? wrapperOf(path, (name) => this.#read(name)?.toString('utf8'))
        : { type: types[extname(path)] ?? 'application/octet-stream', body };
    if (found?.type !== 'text/javascript') return found;
    const prefix = isWorker.test(path) ? this.#site.prefix() : '';
    const rest = path.endsWith('/testharness.js') ? older.forHarness : '';
    const more = older.isAlwaysSubstituted.test(path) ? older.forConstants : '';
    return { type: `${found.type}; charset=utf-8`, body: `${prefix}${String(found.body)}${rest}${more}` };
  }

  /** @param {string} path */
  #read(path) {
    const file = join(this.#dir, normalize(decodeURIComponent(path)));
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : undefined;
  }

  /**
   * @param {string} path
   * @param {Request} request
   * @returns {Record<string, string>}
   */
  #headers(path, request) {
    const own = this.#read(`${path}.headers`)?.toString() ?? '';
    const template = this.#read(`${path}.sub.headers`)?.toString() ?? '';
    const lines = `${own}\n${this.#substitute(template, request)}`.split(/\r?\n/);
    const pairs = lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line)).filter((match) => match !== null);
    return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
  }

  /**
   * @param {string} text
   * @param {Request} request
   */
  #substitute(text, request) {
    return text.replace(/\{\{([^{}]+)\}\}/g, (_, expression) =>
      this.#value(String(expression).trim(), request),
    );
  }

  /**
   * @param {string} expression
   * @param {Request} request
   */
  #value(expression, request) {
    const [, name = '', keys = ''] = /^(?:\$\w+:)?(\w+)(?:\(\))?(.*)$/.exec(expression) ?? [];
    const [first = '', second = ''] = [...keys.matchAll(/\[([^\]]*)\]/g)].map(([, key]) => key);
    const { host, ports } = this.#site;
    const url = urlOf(request);
    switch (name) {
      case 'host':
        return host;
      case 'domains':
        return first ? `${first}.${host}` : host;
      case 'hosts':
        return [second, first === 'alt' ? `not-${host}` : host].filter(Boolean).join('.');
      case 'ports':
        return String(ports[first]?.[Number(second)] ?? '');
      case 'GET':
        return url.searchParams.get(first) ?? '';
      case 'headers':
        return String(request.headers[first.toLowerCase()] ?? '');
      case 'uuid':
        return randomUUID();
      case 'location':
        return String(
          { server: url.origin, scheme: url.protocol.slice(0, -1), path: url.pathname, query: url.search }[
            first
          ] ?? url[/** @type {'host' | 'hostname' | 'port' | 'pathname'} */ (first)],
        );
      default:
        throw new Error(`nothing is known of {{${expression}}}`);
    }
  }
}

/** @param {Request} request */
export function urlOf(request) {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  return new URL(request.url ?? '/', `${scheme}://${request.headers.host ?? 'x'}`);
}
