// Guards of the server's door and its memory: who gets a session, who hears what became of it, and when things are due.

const endpoint = 'server/src/endpoint.ts';
const bodies = 'server/src/bodies.ts';
const decisions = 'server/src/decisions.ts';
const registry = 'server/src/registry.ts';
const scheduler = 'server/src/scheduler.ts';
const scenes = 'world/test/scenes';
const webSockets = 'world/test/scenes/websockets.test.ts';
const registries = 'server/test/registry.test.ts';
const alarms = 'server/test/scheduler.test.ts > an alarm';

/** @type {import('./index.mjs').Guard[]} */
const ofEndpoint = [
  {
    name: 'a WebSocket without an attach is refused',
    file: endpoint,
    find: "else transport.refuse(CloseCode.protocolError, 'no attach, or a malformed one');",
    scene: `${webSockets} > a WebSocket > without an attach is refused`,
  },
  {
    name: 'a body has a bound',
    file: bodies,
    find: 'reply.fail(413, `a body',
    replace: 'reply.fail(400, `a body',
    scene:
      'server/test/endpoint.test.ts > a client that breaks the rules > is answered 413 for a body beyond 4 MiB',
  },
  {
    name: 'a body has no more records than it may',
    file: bodies,
    find: 'Infinity, MAX_RECORDS)',
    replace: 'Infinity)',
    scene: `${scenes}/bodies.test.ts > a body > has no more than 65,536 records`,
  },
  {
    name: 'a body that was cut short is not taken',
    file: bodies,
    find: "if (!reader.isWhole) reply.fail(400, 'the body ends inside a record');\n      else if",
    replace: 'if',
    scene: `${scenes}/bodies.test.ts > a body > that ends inside a record is refused, and none of it is taken`,
  },
  {
    name: 'a body that is none of ours is refused',
    file: bodies,
    find: "else reply.fail(400, 'the body does not begin with attach, send or poll');",
    scene: `${scenes}/bodies.test.ts > a body > that begins with something else is refused, and none of it is taken`,
  },
  {
    name: 'a server that closes lets no WebSocket in',
    file: endpoint,
    find: 'if (this.#leaves(frame.id)) {\n        transport',
    replace: 'if (false) {\n        transport',
    scene: `${webSockets} > a server that closes ends a WebSocket that is being decided about`,
  },
  {
    name: 'a server that closes lets no request in',
    file: endpoint,
    find: 'if (this.#leaves(frame.id)) {\n        reply.fail',
    replace: 'if (false) {\n        reply.fail',
    scene: `${scenes}/attaches.test.ts > an attach > is refused by a server that is closing`,
  },
  {
    name: 'a client that the application does not let in is refused',
    file: decisions,
    find: 'decide(refusal && {',
    replace: 'decide(undefined && {',
    scene:
      'server/test/server.test.ts > a client that is not let in > is asked for its token at each attach; one without it does not touch the session',
  },
  {
    name: 'a WebSocket that claims to have what was never sent does not get the session',
    file: endpoint,
    find: "if (!connection.attach(transport, frame, identity)) {\n          transport.answer('gone');\n          return;\n        }",
    replace: 'connection.attach(transport, frame, identity);',
    scene: `${webSockets} > a WebSocket > that claims to have what was never sent is told that it is gone`,
  },
  {
    name: 'a request that claims to have what was never sent does not get the session',
    file: endpoint,
    find: 'if (!connection.attach(transport, frame, identity)) {\n        reply.end(',
    replace: 'if (!connection.attach(transport, frame, identity) && false) {\n        reply.end(',
    scene: `${scenes}/attaches.test.ts > an attach > that claims to have what was never sent is gone, and changes nothing`,
  },
  {
    name: 'a WebSocket counts from what the session has',
    file: endpoint,
    find: 'connection.owner(transport), connection.session.received)',
    replace: 'connection.owner(transport), 0)',
    scene: `${webSockets} > a WebSocket > that stands by claims the session when it says so, and counts from there`,
  },
  {
    name: 'a repeated attach is answered as before',
    file: endpoint,
    find: 'if (repeated && !refusal) {',
    replace: 'if (false) {',
    scene: `${scenes}/attaches.test.ts > an attach > that is repeated is answered as before, and taken once`,
  },
  {
    name: 'a repeated attach is asked for its token too',
    file: endpoint,
    find: 'if (repeated && !refusal) {',
    replace: 'if (repeated) {',
    scene: `${scenes}/attaches.test.ts > an attach > that is repeated is asked for its token too`,
  },
  {
    name: 'a welcome counts what rode along',
    file: endpoint,
    find: '// Last, so that it counts what rode along; on the wire it is first all the same.\n      connection.welcome();',
    replace: '',
    scene: `${scenes}/attaches.test.ts > an attach > counts what rode along`,
  },
  {
    name: 'an attempt that does not hold the session brings nothing',
    file: endpoint,
    find: 'session?.attempt === attempt && ',
    replace: '',
    scene: `${scenes}/bodies.test.ts > a send > of an attempt that does not hold the session is superseded, and nothing in it is taken`,
  },
  {
    name: 'a request does not go to a WebSocket',
    file: endpoint,
    find: ' && transport instanceof HttpTransport',
    scene: `${scenes}/bodies.test.ts > a send > for a WebSocket that carries the session is superseded`,
  },
  {
    name: 'a lower attempt does not get the session',
    file: decisions,
    find: 'frame.attempt <= attempt',
    replace: 'frame.attempt < 0',
    scene: `${scenes}/attaches.test.ts > an attach > that is not higher than the one that holds is superseded`,
  },
  {
    name: 'the same attempt does not get the session twice',
    file: decisions,
    find: 'frame.attempt <= attempt',
    replace: 'frame.attempt < attempt',
    scene: `${webSockets} > a WebSocket > keeps its session though it asks for it in vain`,
  },
  {
    name: 'a session that has ended does not begin again',
    file: decisions,
    find: 'this.ended(frame.id) ?? (',
    replace: '(',
    scene: `${scenes}/attaches.test.ts > an attach > hears how its session ended: forgotten, failed, or closed in order`,
  },
  {
    name: 'a resume that is not known begins nothing',
    file: decisions,
    find: "frame.received === 'new' && frame.attempt > 0",
    replace: 'frame.attempt > 0',
    scene: `${scenes}/attaches.test.ts > an attach > that resumes what is not known is gone, with all that rode along`,
  },
  {
    name: 'who stands by begins nothing',
    file: decisions,
    find: "frame.received === 'new' && frame.attempt > 0",
    replace: "frame.received === 'new'",
    scene: `${scenes}/attaches.test.ts > an attach > that resumes what is not known is gone, with all that rode along`,
  },
  {
    name: 'a client hears why its session failed',
    file: decisions,
    find: "if ('code' in verdict) return { type: 'refused', ...verdict };",
    scene: `${scenes}/attaches.test.ts > an attach > hears how its session ended: forgotten, failed, or closed in order`,
  },
  {
    name: 'a client hears again that its close arrived',
    file: decisions,
    find: "received: verdict.received, protocol: ''",
    replace: "received: 0, protocol: ''",
    scene: 'world/test/scenes/ending.test.ts > ending > confirms a close again whose confirmation was lost',
  },
  {
    name: 'a session begins, whatever the application does with it',
    file: endpoint,
    find: '} catch (error) {\n    surface(error);\n  }\n}',
    replace: '} catch (error) {\n    throw error;\n  }\n}',
    scene: `${scenes}/attaches.test.ts > an application that fails > at a new session has it all the same`,
  },
  {
    name: 'only true lets somebody in',
    file: 'server/src/ask.ts',
    find: 'decide(answer === true)',
    replace: 'decide(Boolean(answer))',
    scene: 'server/test/ask.test.ts > an application that is asked > says yes with true alone',
  },
  {
    name: 'only true lets somebody in late',
    file: 'server/src/ask.ts',
    find: 'decide(late === true)',
    replace: 'decide(Boolean(late))',
    scene: 'server/test/ask.test.ts > an application that is asked > may answer later',
  },
  {
    name: 'a question that fails is a no',
    file: 'server/src/ask.ts',
    find: 'decide(false);\n    onError',
    replace: 'onError',
    scene: 'server/test/ask.test.ts > an application that is asked > says no by failing now, which is told',
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofRegistry = [
  {
    name: 'what became of a session is remembered',
    file: registry,
    find: 'this.#ended.set(id, { verdict, until: now + this.#keepFor, holder });',
    scene: `${scenes}/attaches.test.ts > an attach > of a session that ended long ago is not the beginning of another`,
  },
  {
    name: 'a session that ended is not there any more',
    file: registry,
    find: 'this.#connections.delete(id);',
    scene: `${registries} > a session > is found by its id until it ends`,
  },
  {
    name: 'a verdict is forgotten when its time is over',
    file: registry,
    find: 'ended && ended.until > this.#now() ? ended.verdict : undefined',
    replace: 'ended?.verdict',
    scene: `${registries} > a verdict > is forgotten when its time is over, and not before`,
  },
  {
    name: 'verdicts have a bound',
    file: registry,
    find: 'until > now && this.#ended.size <= MAX_ENDED',
    replace: 'until > now',
    scene: `${registries} > a verdict > makes room when there are a hundred thousand later ones`,
  },
  {
    name: 'verdicts whose time is not over are kept',
    file: registry,
    find: 'if (until > now && this.#ended.size <= MAX_ENDED) break;',
    scene: `${scenes}/attaches.test.ts > an attach > of a session that ended long ago is not the beginning of another`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofScheduler = [
  {
    name: 'an alarm that is set earlier moves',
    file: scheduler,
    find: 'if (day >= alarm.day) return;',
    replace: 'if (alarm.day < Infinity) return;',
    scene: `${alarms} > rings earlier when it is set earlier`,
  },
  {
    name: 'an alarm stands in one place',
    file: scheduler,
    find: 'this.#remove(alarm);\n    alarm.day = day;',
    replace: 'alarm.day = day;',
    scene: `${alarms} > leaves no timer behind, though it was moved before it was cancelled`,
  },
  {
    name: 'the timer is set to the earliest day',
    file: scheduler,
    find: 'if (day < this.#timerDay) this.#arm(day);',
    replace: 'if (this.#timerDay === Infinity) this.#arm(day);',
    scene: `${alarms} > rings earlier when it is set earlier`,
  },
  {
    name: 'all alarms have one timer',
    file: scheduler,
    find: 'this.#clock.clearTimeout(this.#timer);',
    scene: `${alarms} > does not ring once it is cancelled, and leaves no timer behind`,
  },
  {
    name: 'a server without alarms has no timer',
    file: scheduler,
    find: 'if (this.#pages.size === 0) this.#arm(Infinity);',
    scene: `${alarms} > does not ring once it is cancelled, and leaves no timer behind`,
  },
  {
    name: 'an alarm that was set later does not ring on its old day',
    file: scheduler,
    find: 'if (alarm.at <= now) {',
    replace: 'if (true) {',
    scene: `${alarms} > rings later when it is set later, which costs nothing`,
  },
  {
    name: 'an alarm rings on its day, though the timer fires a little early',
    file: scheduler,
    find: 'Math.max(this.now(), day * DAY)',
    replace: 'this.now()',
    scene: `${alarms} > rings with a timer that fires a little early`,
  },
];

export const endpointGuards = [...ofEndpoint, ...ofRegistry, ...ofScheduler];
