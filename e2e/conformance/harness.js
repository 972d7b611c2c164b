/**
 * Runs the conformance tests in whatever global scope loads this script: a page, or a worker of any kind. It needs no
 * test library and no driver: results are plain data.
 */

(() => {
  /** @typedef {{ section: string, name: string, run: (t: Scene) => unknown }} Test */
  /** @typedef {{ name: string, failure?: string }} Result */

  /** Longer than any test takes that is going to pass, in ms. */
  const TIMEOUT = 15_000;

  /** @type {Test[]} */
  const tests = [];

  /** What one test holds in its hands: sockets that are closed behind it. */
  class Scene {
    /** The class under test. @type {any} */
    Socket;
    /** Where the server is: `ws://host:port`. */
    at;
    /** @type {any[]} */
    #sockets = [];

    /** @param {any} Socket @param {string} at */
    constructor(Socket, at) {
      this.Socket = Socket;
      this.at = at;
    }

    /** The server's address, and what it is asked to do (server.ts). */
    url(query = '') {
      return `${this.at}/live${query && `?${query}`}`;
    }

    /** @param {any[]} args what the constructor gets @returns {any} */
    create(...args) {
      const socket = new this.Socket(...args);
      this.#sockets.push(socket);
      return socket;
    }

    /** A socket that connects. @param {any[]} rest */
    connect(query = '', ...rest) {
      return this.create(this.url(query), ...rest);
    }

    /** A socket that is open. @param {any[]} rest */
    async open(query = '', ...rest) {
      const socket = this.connect(query, ...rest);
      await this.event(socket, 'open');
      return socket;
    }

    /**
     * The next event of a type. Another end of the socket than that is a failure.
     *
     * @param {any} socket @param {string} type @returns {Promise<any>}
     */
    event(socket, type) {
      return new Promise((resolve, reject) => {
        socket.addEventListener(type, resolve, { once: true });
        if (type !== 'close')
          socket.addEventListener('close', () => reject(new Error(`closed before ${type}`)), { once: true });
      });
    }

    /** Sends, and gives the data that comes next. @param {any} socket @param {any} data @returns {Promise<any>} */
    async echo(socket, data) {
      const answer = this.event(socket, 'message');
      socket.send(data);
      return (await answer).data;
    }

    /**
     * All that happens to a socket until it is closed, as words.
     *
     * @param {any} socket @returns {Promise<string[]>}
     */
    story(socket) {
      /** @type {string[]} */
      const words = [];
      for (const type of ['open', 'message', 'error']) {
        socket.addEventListener(type, (/** @type {any} */ { data }) =>
          words.push(type === 'message' ? `message ${data}` : type),
        );
      }
      return new Promise((resolve) => {
        socket.addEventListener('close', (/** @type {any} */ { code, reason, wasClean }) => {
          words.push(`close ${code} ${reason} ${wasClean ? 'clean' : 'unclean'}`);
          resolve(words);
        });
      });
    }

    /** Resolves in a later task. */
    task() {
      return new Promise((resolve) => setTimeout(resolve));
    }

    /** @param {unknown} actual @param {unknown} expected @param {string} [what] */
    equal(actual, expected, what = '') {
      const [a, b] = [show(actual), show(expected)];
      if (a !== b) throw new Error(`${what && `${what}: `}${a} instead of ${b}`);
    }

    /** The very same value. @param {unknown} actual @param {unknown} expected @param {string} [what] */
    same(actual, expected, what = 'not the same') {
      if (!Object.is(actual, expected)) throw new Error(what);
    }

    /**
     * The name of the DOMException, the class of the error, or the thrown value itself.
     *
     * @param {unknown} expected @param {() => unknown} attempt @param {string} [what]
     */
    throws(expected, attempt, what = '') {
      this.equal(thrownBy(attempt), expected, what);
    }

    end() {
      for (const socket of this.#sockets) socket.close();
    }
  }

  /** @param {() => unknown} attempt */
  function thrownBy(attempt) {
    try {
      attempt();
    } catch (error) {
      if (error instanceof DOMException) return error.name;
      return error instanceof Error ? error.constructor.name : error;
    }
    return 'nothing';
  }

  /** A value in words that tells numbers from strings. @param {unknown} value @returns {string} */
  function show(value) {
    if (value instanceof ArrayBuffer) return `bytes [${new Uint8Array(value).join(' ')}]`;
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    return JSON.stringify(value, (_, v) => (v === undefined ? 'undefined' : v)) ?? String(value);
  }

  /**
   * Names a section of the standard, and the tests of it.
   *
   * @param {string} section
   * @param {(test: (name: string, run: (t: Scene) => unknown) => void) => void} define
   */
  function section(section, define) {
    define((name, run) => tests.push({ section, name, run }));
  }

  /** @param {Test} test @param {any} Socket @param {string} at @returns {Promise<Result>} */
  async function runOne({ section, name, run }, Socket, at) {
    const scene = new Scene(Socket, at);
    const result = { name: `${section} › ${name}` };
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    try {
      await Promise.race([
        (async () => run(scene))(),
        new Promise((_, reject) => {
          timer = setTimeout(() => reject(new Error('nothing happens any more')), TIMEOUT);
        }),
      ]);
      return result;
    } catch (error) {
      return { ...result, failure: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
      scene.end();
    }
  }

  /**
   * One after the other: the tests share six connections.
   *
   * @param {any} Socket @param {string} at
   */
  async function run(Socket, at) {
    const results = [];
    for (const test of tests) results.push(await runOne(test, Socket, at));
    return results;
  }

  /**
   * The class that a query asks for. Holdfast's is as it is, with the options by which it is to behave as the W3C class.
   *
   * @param {URLSearchParams} query @param {any} Holdfast
   */
  function classFor(query, Holdfast) {
    if (query.get('class') === 'WebSocket') return self.WebSocket;
    const transports = query.get('transports')?.split(',');
    const delay = query.get('fallbackDelay');
    const options = {
      ...{ queue: false, reconnect: false },
      ...(transports && { transports }),
      ...(delay && { fallbackDelay: Number(delay) }),
    };
    return new Proxy(Holdfast.HoldfastSocket, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length > 0 ? [args[0], args[1], options] : [], newTarget),
    });
  }

  Object.assign(self, { section, conformance: { run, classFor } });
})();
