/** What the page's switches act on: small POSTs that change the weather, and a stream of events that tells of it. */

import { clearWeather } from '@holdfast/fault-proxy';

export class Control {
  #proxy;
  #live;
  /** @type {Set<import('node:http').ServerResponse>} */
  #watchers = new Set();

  /**
   * @param {import('@holdfast/fault-proxy').FaultProxy} proxy
   * @param {import('./live-process.mjs').LiveProcess} live
   */
  constructor(proxy, live) {
    this.#proxy = proxy;
    this.#live = live;
  }

  /**
   * Gives false for a request that is none of its business.
   *
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  serve(request, response) {
    switch (`${request.method} ${request.url}`) {
      case 'GET /control/live':
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ url: `ws://127.0.0.1:${this.#proxy.port}/live`, clearWeather }));
        return true;
      case 'GET /control/events':
        this.#watch(response);
        return true;
      case 'POST /control/weather':
        void this.#act(request, response, (changes) => this.#changeWeather(changes));
        return true;
      case 'POST /control/clear':
        void this.#act(request, response, () => this.#changeWeather(clearWeather));
        return true;
      case 'POST /control/cut':
        void this.#act(request, response, () => void this.#proxy.cut());
        return true;
      case 'POST /control/restart':
        void this.#act(request, response, () => this.#restart());
        return true;
      default:
        return false;
    }
  }

  /**
   * Tells every open page.
   *
   * @param {string} event
   * @param {unknown} data
   */
  tell(event, data) {
    for (const watcher of this.#watchers) watcher.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** @param {import('node:http').ServerResponse} response */
  #watch(response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(`event: weather\ndata: ${JSON.stringify(this.#proxy.faults)}\n\n`);
    this.#watchers.add(response);
    response.on('close', () => this.#watchers.delete(response));
    response.on('error', () => undefined);
  }

  /** @param {Partial<import('@holdfast/fault-proxy').Faults>} changes */
  #changeWeather(changes) {
    this.#proxy.set(changes);
    this.tell('weather', this.#proxy.faults);
  }

  async #restart() {
    this.tell('restart', {});
    await this.#live.restart();
    this.tell('restarted', {});
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {(body: any) => void | Promise<void>} action
   */
  async #act(request, response, action) {
    // A page of another origin could send anything but this without being asked for permission first.
    if (request.headers['content-type'] !== 'application/json') {
      response.writeHead(415).end();
      return;
    }
    try {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      await action(JSON.parse(body));
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  }
}
