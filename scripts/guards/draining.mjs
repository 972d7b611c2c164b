// Guards of a server that goes away in order: what is handed over, who waits for whom, and who is turned away.

const carriage = 'client/src/carriage.ts';
const conversation = 'client/src/conversation.ts';
const scene = 'world/test/scenes/draining.test.ts > a server that goes away';
const server = 'server/test/draining.test.ts > a server that drains';
const outbox = 'protocol/test/outbox.test.ts > an outbox';
const herding = 'world/test/scenes/herding.test.ts > one of very many clients';
const told = 'world/test/scenes/herding.test.ts > a client of a server that has 300';
const herdTest = 'server/test/herd.test.ts > a herd';
const over = (/** @type {string} */ name) => `: {"transports":["${name}"]}`;

/** @type {import('./index.mjs').Guard[]} */
export const drainingGuards = [
  {
    name: 'nothing is sent behind the end of what is said',
    file: 'protocol/src/outbox.ts',
    find: 'if (this.#ended && this.#acknowledged + this.#sent >= this.#highest) return undefined;',
    scene: `${scene} > hears all of the old session before any of the new one${over('websocket')}`,
  },
  {
    name: 'what is said ends once',
    file: 'protocol/src/outbox.ts',
    find: 'if (this.#ended) return;',
    scene: `${outbox} > ends once behind what was sent, and keeps the rest for the next session`,
  },
  {
    name: 'an end is no message',
    file: 'protocol/src/outbox.ts',
    find: 'Math.max(0, this.#highest - this.#acknowledged - Number(this.#ended))',
    replace: 'Math.max(0, this.#highest - this.#acknowledged)',
    scene: `${scene} > tells how much was sent and not acknowledged if it ends before`,
  },
  {
    name: 'an end that was acknowledged counts for nothing',
    file: 'protocol/src/outbox.ts',
    find: 'Math.max(0, this.#highest - this.#acknowledged - Number(this.#ended))',
    replace: '(this.#highest - this.#acknowledged - Number(this.#ended))',
    scene: `${scene} > counts what was acknowledged as arrived, though the session did not end`,
  },
  {
    name: 'an end is not sent in another session',
    file: 'protocol/src/outbox.ts',
    find: ".filter(({ content }) => !content || 'data' in content)",
    scene: `${scene} > sends that again, without the end behind it, if it is to arrive at least once`,
  },
  {
    name: 'a client that is asked to leave says its last word',
    file: conversation,
    find: "if (this.phase.name === 'open') this.session.outbox.end({ code: CloseCode.moved, reason: '' });",
    scene: `${scene} > loses and doubles nothing that is under way, both ways${over('websocket')}`,
  },
  {
    name: 'what the server has heard is not sent again',
    file: conversation,
    find: 'outbox.acknowledgeAll();',
    scene:
      'client/test/socket.test.ts > a server that goes away > has heard all that was sent if it says its last word, whatever it acknowledged',
  },
  {
    name: 'a client that closes has closed, whatever the server does',
    file: conversation,
    find: "if (phase.name === 'closing' && outbox.length === 1) this.#finish(phase.code, phase.reason, false);\n    else if",
    replace: 'if',
    scene: `${scene} > and a client that closes meet in order${over('websocket')}`,
  },
  {
    name: 'a client that must not come back is closed',
    file: conversation,
    find: "else if (!this.options.link.retryDelay) this.#finish(CloseCode.goingAway, '', false);",
    scene: `${scene} > closes a client that must not come back`,
  },
  {
    name: 'a client that left has acknowledged the last word',
    file: carriage,
    find: 'current.transport?.close(pageEnds);',
    replace: 'current.transport?.terminate();',
    scene: `${scene} > loses and doubles nothing that is under way, both ways${over('polling')}`,
  },
  {
    name: 'a client that comes back is asked again',
    file: 'server/src/lifetime.ts',
    find: "if (this.#moving) transport.send({ type: 'drain' });",
    scene: `${scene} > asks a client that was away when it comes back`,
  },
  {
    name: 'the server has the last word',
    file: 'server/src/lifetime.ts',
    find: 'if (this.#moving && code === CloseCode.moved) {',
    replace: 'if (false) {',
    scene: `${scene} > may still answer what came before${over('websocket')}`,
  },
  {
    name: 'the last word waits for an application that reads later',
    file: 'server/src/lifetime.ts',
    find: 'if (this.#moving && code === CloseCode.moved) {',
    replace:
      'if (this.#moving && code === CloseCode.moved) {\n      this.#moving.heardAll(this.host.scheduler.now());',
    scene: `${scene} > waits until its application has read all`,
  },
  {
    name: 'an application that speaks is waited for',
    file: 'server/src/conversation.ts',
    find: 'this.spoke();',
    scene: `${scene} > may still answer what came before${over('websocket')}`,
  },
  {
    name: 'an application that goes on and on is not waited for',
    file: 'server/src/moving.ts',
    find: 'Math.min(this.#lastAt, now + QUIET)',
    replace: 'now + QUIET',
    scene:
      'server/test/draining.test.ts > the last word > is due when the application was quiet, and no later than half a second behind the client',
  },
  {
    name: 'nobody new is let in by a server that goes away',
    file: 'server/src/endpoint.ts',
    find: "this.#admits = 'known';",
    scene: `${scene} > turns away who is new, over every transport, and knows who is not`,
  },
  {
    name: 'who is known is let in by a server that goes away',
    file: 'server/src/endpoint.ts',
    find: "|| (this.#admits === 'known' && this.#registry.knows(id))",
    scene: `${scene} > asks a client that was away when it comes back`,
  },
  {
    name: 'an upgrade that another server should have is answered so',
    file: 'server/src/server.ts',
    find: "if (this.#state === 'draining' && !this.#isHere(request)) {",
    replace: 'if (false) {',
    scene: `${server} > turns away who is new, and answers who is known`,
  },
  {
    name: 'who comes behind the drain is turned away, too',
    file: 'server/src/server.ts',
    find: "if (this.#return) this.#server?.once('close', () => this.#detach?.());\n    else this.#detach?.();",
    replace: 'this.#detach?.();',
    scene: `${server} > turns them away when it is closed, as long as its HTTP server is there`,
  },
  {
    name: 'a connection that is turned away is not used again',
    file: 'server/src/exchange.ts',
    find: '(isLast || status === 503)',
    replace: 'isLast',
    scene: `${server} > turns away who is new, and answers who is known`,
  },
  {
    name: 'one of very many does not come back at once',
    file: 'client/src/turn.ts',
    find: 'return spread ? this.rest(this.#options.random() * spread) : this.connect();',
    replace: 'return this.connect();',
    scene: `${herding} > comes back later, over websocket`,
  },
  {
    name: 'one of very many does not poll again at once',
    file: 'client/src/http-polls.ts',
    find: 'spread && !repeat',
    replace: 'false',
    scene: `${herding} > comes back later, over polling`,
  },
  {
    name: 'those who came when there were few learn that there are many',
    file: 'server/src/endpoint.ts',
    find: 'this.#herd.grow();\n',
    replace: '',
    scene: `${told} > is told so a second later if it came when there were few`,
  },
  {
    name: 'those who come at once are told once',
    file: 'server/src/herd.ts',
    find: 'this.#scheduler.now() + PATIENCE',
    replace: 'this.#scheduler.now()',
    scene: `${herdTest} > is told once, a second behind those who made it one`,
  },
  {
    name: 'the telling of a herd is not put off by those who come',
    file: 'server/src/herd.ts',
    find: ' || this.#telling.at < Infinity',
    replace: '',
    scene: `${herdTest} > is told in time, whoever comes meanwhile`,
  },
  {
    name: 'a herd is told again when it has doubled, and not before',
    file: 'server/src/herd.ts',
    find: 'this.#told = Math.max(LEAST_TOLD, this.spread);\n',
    replace: '',
    scene: `${herdTest} > is told again when it has doubled`,
  },
  {
    name: 'a server that is closed tells nobody',
    file: 'server/src/endpoint.ts',
    find: 'this.#herd.end();\n',
    replace: '',
    scene: `${told} > is told nothing by a server that is closed`,
  },
  {
    name: 'those who come learn that there are many',
    file: 'server/src/connection.ts',
    find: 'this.tellSpread(0);\n    this.tell',
    replace: 'this.tell',
    scene: `${told} > is told so with its welcome`,
  },
  {
    name: 'those who know of many are not told again',
    file: 'server/src/connection.ts',
    find: ' || number < times * this.#spread',
    replace: '',
    scene: `${told} > is told so with the ping that asks for it if it knows of fewer`,
  },
  {
    name: 'who is asked whether it is there learns how many are',
    file: 'server/src/connection.ts',
    find: '    this.tellSpread(1.1);\n',
    replace: '',
    scene: `${told} > is told so with the ping that asks for it if it knows of fewer`,
  },
  {
    name: 'who comes back is told again that there are many',
    file: 'server/src/connection.ts',
    find: 'this.tellSpread(0);',
    replace: 'this.tellSpread(1.1);',
    scene: `${told} > knows nothing of it on another transport but what it is told there`,
  },
  {
    name: 'many learn of each other where more were before',
    file: 'server/src/herd.ts',
    find: 'this.#told = Math.max(LEAST_TOLD, Math.min(this.#told, spread));\n',
    replace: '',
    scene: `${herding} > learns that it is, where there were many before`,
  },
  {
    name: 'one of few does not wait for those who were there before',
    file: 'client/src/observed.ts',
    find: 'this.spread = 0;\n',
    replace: '',
    scene: `${herding} > is back at once when it has become one of few`,
  },
  {
    name: 'a few clients are no herd',
    file: 'server/src/herd.ts',
    find: 'spread < MIN_HERD_SPREAD ? 0 : spread',
    replace: 'spread',
    scene: 'world/test/scenes/herding.test.ts > makes a herd of 200',
  },
  {
    name: 'those who are told to come later do not come all at once',
    file: 'client/src/http-request.ts',
    find: ' * (1 + random())',
    scene:
      'client/test/http-transport.test.ts > the request that opens > waits as long as a busy server asks for, and a random part of that',
  },
  {
    name: 'a time to come later may be a date',
    file: 'client/src/http-request.ts',
    find: ' || Date.parse(retryAfter) - Date.now()',
    scene:
      'client/test/http-transport.test.ts > the request that opens > waits until the time that a busy server names',
  },
];
