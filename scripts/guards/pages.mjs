// What a client remembers, shares and says: guards of `learned`, `http-path`, `http-polls`, and the end of a page.

const pages = 'world/test/scenes/pages.test.ts';
const found = 'world/test/scenes/found-by-storms.test.ts';
const reasons = 'world/test/scenes/diagnostics.test.ts';
const path = 'client/src/http-path.ts';
const polls = 'client/src/http-polls.ts';
const alarm = 'client/src/alarm.ts';
const carriage = 'client/src/carriage.ts';
const connection = 'client/src/connection.ts';
const conversation = 'client/src/conversation.ts';
const learned = 'client/src/learned.ts';

/** @type {import('./index.mjs').Guard[]} */
export const pageGuards = [
  {
    name: 'a page without locks has four places',
    file: 'client/src/places.ts',
    find: 'if (held === PLACES) return () => undefined;',
    scene:
      'client/test/places.test.ts > a page without locks has four, and one that is given back is free for the next',
  },
  {
    name: 'a place is given back once',
    file: 'client/src/places.ts',
    find: 'if (isHeld) held--;',
    replace: 'held--;',
    scene:
      'client/test/places.test.ts > a page without locks has four, and one that is given back is free for the next',
  },
  {
    name: 'what was learned is kept for the next page',
    file: connection,
    find: 'this.dialling.keep(this.#life.memory.setbacks);',
    scene: `${pages} > the next page > begins with what the last one used, and climbs back by itself`,
  },
  {
    name: 'what was learned long ago is not believed',
    file: learned,
    find: 'const isFresh = Math.abs(now - at) < KEPT;',
    replace: 'const isFresh = true;',
    scene: `${pages} > the next page > makes nothing of what is hours old`,
  },
  {
    name: 'a storage that throws is done without, reading',
    file: learned,
    find: '    } catch {\n      return NOTHING;\n    }',
    replace: '    } finally {\n    }',
    scene: `${pages} > the next page > does without a storage that throws`,
  },
  {
    name: 'a page without a place holds no response',
    file: polls,
    find: 'const hold = this.#hasPlace ? this.#path.holdAt(this.#env.now()) : 0;',
    replace: 'const hold = this.#path.holdAt(this.#env.now());',
    scene: `${pages} > connections > are left to a page that has no place for a held response, which asks once a second`,
  },
  {
    name: 'a page without a place does not ask all the time',
    file: polls,
    find: 'else if (records > 1 || this.#hasPlace) {',
    replace: 'else if (records > 0) {',
    scene: `${pages} > connections > are left to a page that has no place for a held response, which asks once a second`,
  },
  {
    name: 'the end of a page is said',
    file: carriage,
    find: 'if (transport) this.session.pump(transport, this.env.now());',
    scene: `${pages} > the end of a page > is told at once, with its last words, over streaming`,
  },
  {
    name: 'what is under way when a page ends goes again',
    file: 'client/src/http-transport.ts',
    find: 'if (pageEnds) this.#rewind();',
    scene:
      'client/test/http-sends.test.ts > requests that bring messages > go again with the last words of a page that ends',
  },
  {
    name: 'nobody is told of the end of a page',
    file: connection,
    find: 'this.#hasLeft = true;',
    scene: `${pages} > the end of a page > is told at once, with its last words, over streaming`,
  },
  {
    name: 'a batch is small while the speed is not known',
    file: path,
    find: 'return Math.min(this.maxBatch, most);',
    replace: 'return this.maxBatch;',
    scene: `${found} > over HTTP > a large batch that is lost in silence is missed soon`,
  },
  {
    name: 'nothing rides along with a first attach that must arrive at most once',
    file: conversation,
    find: "if (!this.options.resend && this.phase.name === 'opening') return;",
    scene: `${found} > a first attach whose answer is lost > takes no message along that must arrive at most once`,
  },
  {
    name: 'an attach whose answer has begun is not repeated',
    file: 'client/src/http-transport.ts',
    find: "if (outcome.kind === 'silent' && !this.#welcomed) {",
    replace: "if (outcome.kind === 'silent') {",
    scene: `${found} > a first attach whose answer is lost > is not repeated once its answer has begun`,
  },
  {
    name: 'a link is not waited for as long as the machine slept',
    file: 'client/src/turn.ts',
    find: 'Math.min(MAX_PROBE_TIMEOUT, Math.max(least, 3 * latency))',
    replace: 'Math.max(least, 3 * latency)',
    scene: `${found} > a client that was away for long > does not wait for an answer as long as it slept`,
  },
  {
    name: 'a proof is not waited for as long as the clock leapt',
    file: 'client/src/turn.ts',
    find: 'Math.min(CONNECT_TIMEOUT, Math.max(MIN_PROOF, this.#options.fallbackDelay, took))',
    replace: 'Math.max(MIN_PROOF, this.#options.fallbackDelay, took)',
    scene: `${found} > time > may leap an hour while a WebSocket opens, which is not an hour slow`,
  },
  {
    name: 'no timer is set for a fraction of a ms',
    file: alarm,
    find: 'Math.ceil(at - env.now())',
    replace: 'at - env.now()',
    scene: `${found} > time > may stand still while the machine sleeps, to any fraction of a ms`,
  },
  {
    name: 'a client that missed its close hears of it',
    file: 'server/src/lifetime.ts',
    find: "const verdict = code === undefined || code === CloseCode.moved ? 'gone' : { code, reason: reason ?? '' };",
    replace: "const verdict = 'gone';",
    scene: `${found} > a client that was away for long > hears that it was closed meanwhile, behind it`,
  },
  {
    name: 'a closed socket waits for no poll',
    file: 'client/src/http-transport.ts',
    find: '    this.#endDownlink();\n    // What is under way',
    replace: '    // What is under way',
    scene: `${found} > over HTTP > a closed socket waits for nothing but its last words`,
  },
  {
    name: 'a bounded number of verdicts is kept',
    file: 'client/src/socket.ts',
    find: 'this.#diagnostics.slice(1 - MAX_DIAGNOSTICS)',
    replace: 'this.#diagnostics',
    scene: `${reasons} > each verdict is an event too, and 32 of them are kept`,
  },
  {
    name: 'a poll that the server knows to be over is repeated',
    file: polls,
    find: 'if (ended === undefined || ended < this.#number - 1) this.#trust();',
    replace: 'if (ended !== -1) this.#trust();',
    scene: 'world/test/scenes/stalls.test.ts > over streaming > a silence (down) is noticed',
  },
  {
    name: 'the server tells that a response has ended',
    file: 'server/src/http-polls.ts',
    find: "if (ended && isLate) lines.push(controlRecord(formatAnswer({ type: 'ended', number })));",
    scene: 'world/test/scenes/stalls.test.ts > over polling > a silence (down) is noticed',
  },
  {
    name: 'the server tells that no poll has come',
    file: 'server/src/http-polls.ts',
    find: 'number > 0 || this.#scheduler.now() - this.#attachedAt > FIRST_POLL',
    replace: 'number > 0',
    scene:
      'world/test/scenes/stalls.test.ts > a first poll that is lost in silence is missed within some seconds',
  },
  {
    name: 'a ping that goes nowhere is not forgiven for ever',
    file: 'client/src/turn.ts',
    find: 'return now < deadline ? this.to({ ...link, deadline }) : undefined;',
    replace: 'return this.to({ ...link, deadline: Math.max(deadline, now + 1000) });',
    scene: 'world/test/scenes/stalls.test.ts > over WebSocket > a silence (up) is noticed',
  },
];
