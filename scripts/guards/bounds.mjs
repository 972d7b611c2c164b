// Guards of what clients may cost: how many, how often, how long, how much of them is kept, and where they come from.

const carriage = 'client/src/carriage.ts';
const address = 'server/src/address.ts';
const bodies = 'server/src/bodies.ts';
const decisions = 'server/src/decisions.ts';
const endpoint = 'server/src/endpoint.ts';
const entrance = 'server/src/entrance.ts';
const exchange = 'server/src/exchange.ts';
const quota = 'server/src/quota.ts';
const rate = 'server/src/rate.ts';
const connection = 'server/src/connection.ts';
const conversation = 'server/src/conversation.ts';
const visits = 'server/src/visits.ts';
const webSocket = 'server/src/websocket-transport.ts';
const addresses = 'server/test/address.test.ts';
const aQuota = 'server/test/quota.test.ts > a quota';
const aRate = 'server/test/rate.test.ts > a rate';
const room = 'world/test/scenes/room.test.ts';
const edges = 'server/test/bounds.test.ts';
const memory = 'server/test/slow-reader.test.ts';
const timed = 'server/test/visits.test.ts';

/** @type {import('./index.mjs').Guard[]} */
const ofAddresses = [
  {
    name: 'an address that may be a proxy’s is not counted',
    file: address,
    find: 'trusted === undefined && PRIVATE.test(block) ? undefined : block',
    replace: 'block',
    scene: `${addresses} > with no word of proxies > 127.0.0.1 is not counted: all clients may be behind it`,
  },
  {
    name: 'no header is believed unless there are proxies',
    file: address,
    find: 'if (trusted) return',
    replace: 'return',
    scene: `${addresses} > with no word of proxies > no header is believed, and none makes a client uncounted`,
  },
  {
    name: 'no more of a header is believed than proxies have written',
    file: address,
    find: '.slice(-proxies)',
    scene: `${addresses} > behind proxies > what a client writes itself stands to the left, and is not believed`,
  },
  {
    name: 'nothing is believed that stands to the left of what is no address',
    file: address,
    find: 'if (!isIP(seen)) break;',
    replace: 'if (!isIP(seen)) continue;',
    scene: `${addresses} > behind proxies > what is no address ends the way: everything to the left of it is somebody’s invention`,
  },
  {
    name: 'all addresses of one customer count as one',
    file: address,
    find: "groups.slice(0, 4).join(':')",
    replace: "groups.join(':')",
    scene: `${addresses} > an address > 2001:db8::1 counts as 2001:db8:0:0::/64`,
  },
  {
    name: 'an IPv4 address is one, however it is written',
    file: address,
    find: 'isMapped ? dotted(groups.slice(6)) : ',
    scene: `${addresses} > an address > ::ffff:192.0.2.7 counts as 192.0.2.7`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofCounts = [
  {
    name: 'an address has no more than its share',
    file: quota,
    find: "if (address !== undefined && taken > this.#share.perAddress) return 'perAddress';",
    scene: `${aQuota} > gives each address its share, and not one more`,
  },
  {
    name: 'all together have no more than the total',
    file: quota,
    find: "if (this.#total + amount > this.#share.total) return 'total';",
    scene: `${aQuota} > gives all together the total, and not one more`,
  },
  {
    name: 'an address that has nothing is forgotten',
    file: quota,
    find: 'if (taken > 0) this.#taken.set(address, taken);\n    else this.#taken.delete(address);',
    replace: 'this.#taken.set(address, taken);',
    scene: `${aQuota} > remembers no address that has nothing`,
  },
  {
    name: 'a rate is a bound',
    file: rate,
    find: 'if (wait > 1e-6) return wait;',
    scene: `${aRate} > lets so many through at once, and says when there will be one more`,
  },
  {
    name: 'what was saved up has a bound',
    file: rate,
    find: 'Math.max(now, this.#fullAt.get(address) ?? now)',
    replace: '(this.#fullAt.get(address) ?? now)',
    scene: `${aRate} > has room for no more than a burst after however long`,
  },
  {
    name: 'addresses that are remembered for their rate have a bound',
    file: rate,
    find: 'fullAt > now && this.#fullAt.size <= MAX_BUCKETS',
    replace: 'fullAt > now',
    scene: `${aRate} > remembers a hundred thousand addresses, and of more those that came last`,
  },
  {
    name: 'an address whose bucket is full is forgotten',
    file: rate,
    find: 'fullAt > now && this.#fullAt.size <= MAX_BUCKETS',
    replace: 'this.#fullAt.size <= MAX_BUCKETS',
    scene: `${aRate} > forgets who has a whole burst again`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofVisits = [
  {
    name: 'sessions have a bound',
    file: visits,
    find: "if (exceeded) return this.full('sessions', exceeded);",
    scene: `${room} > sessions > are as many for one address as it may have, and one more is told to come later`,
  },
  {
    name: 'a session that is over makes room',
    file: endpoint,
    find: 'this.visits.end(lifetime.holder);',
    scene: `${room} > sessions > make room when they end, and not while their clients are away`,
  },
  {
    name: 'a session is given back where it was taken',
    file: visits,
    find: 'this.#sessions.free(home)',
    replace: 'this.#sessions.free(undefined)',
    scene: `${room} > sessions > make room when they end, and not while their clients are away`,
  },
  {
    name: 'clients without a session have a bound',
    file: visits,
    find: "if (exceeded) return this.#visits.full('unattached', exceeded);",
    scene: `${room} > clients without a session > are as many for one address as may be: those that are decided about`,
  },
  {
    name: 'a client without a session does not stay for ever',
    file: decisions,
    find: 'visit.awaits(later);',
    scene: `${room} > clients without a session > are answered in time, though the application says nothing`,
  },
  {
    name: 'an answer about a request that comes too late lets nobody in',
    file: endpoint,
    find: 'if (isDecided) return;\n      isDecided = true;\n      visit.leave();',
    replace: 'visit.leave();',
    scene: `${room} > clients without a session > are not let in by an answer that comes too late`,
  },
  {
    name: 'an answer about a WebSocket that comes too late lets nobody in',
    file: endpoint,
    find: 'if (isDecided) return;\n      isDecided = true;\n      transport.resume();',
    replace: 'transport.resume();',
    scene: `${room} > clients without a session > are not let in by an answer that comes too late`,
  },
  {
    name: 'a WebSocket that is gone before it is decided about gets no session',
    file: endpoint,
    find: 'if (transport.isOver) return;',
    scene: `${room} > clients without a session > are not let in when they are gone before the answer comes`,
  },
  {
    name: 'a client that nobody has let in is not read',
    file: endpoint,
    find: 'if (!isDecided) transport.pause();',
    scene: `${room} > clients without a session > are not read as long as they are decided about`,
  },
  {
    name: 'a WebSocket that carries no session any more counts',
    file: webSocket,
    find: 'if (this.visit.enter()) this.terminate();\n    else this.#standBy();',
    scene: `${room} > clients without a session > have no room for one that carries a session no more, if there is none`,
  },
  {
    name: 'attaches have a rate',
    file: decisions,
    find: 'if (full) {\n      later(full);\n      return;\n    }',
    scene: `${room} > attaches > are as many at once as may be, and then so many a second`,
  },
  {
    name: 'one that stands by is not told to come back: what carries the session goes on',
    file: endpoint,
    find: 'if (full && frame.attempt > 0) transport',
    replace: 'if (full) transport',
    scene: `${room} > attaches > of one that stands by do not disturb what carries the session`,
  },
  {
    name: 'a page that is turned away hears when to come back',
    file: carriage,
    find: 'delay: frame.delay + this.env.random() * frame.spread',
    replace: 'delay: 0',
    scene: `${room} > a page > that is told when to come back does not come earlier`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofRequests = [
  {
    name: 'polls and sends of a session have a bound',
    file: endpoint,
    find: 'else if (!this.#hasRoom(head.id, reply)) return;\n    ',
    scene: `${room} > requests of one session > are as many as may be, until their responses are over`,
  },
  {
    name: 'an attach counts among the requests of its session',
    file: endpoint,
    find: 'if (!this.#hasRoom(frame.id, reply)) return;\n      const found',
    replace: 'const found',
    scene: `${room} > requests of one session > are counted over all its attempts`,
  },
  {
    name: 'a request whose response is over does not count',
    file: endpoint,
    find: 'this.#requests.free(id);',
    scene: `${room} > requests of one session > are as many as may be, until their responses are over`,
  },
  {
    name: 'a body has its time, and more for what is here',
    file: visits,
    find: 'bytes / SLOW_BYTES_PER_MS',
    replace: '0',
    scene: `${timed} > a body > may take twenty seconds, and a ms more for every two bytes that are here`,
  },
  {
    name: 'a body that comes too slowly is answered',
    file: bodies,
    find: "visit.awaits(() => {\n    reply.fail(408, 'the body comes too slowly');\n  });",
    scene: `${edges} > a body > that comes too slowly is answered 408, and its connection ended`,
  },
  {
    name: 'bodies that wait for their rest have a bound',
    file: visits,
    find: "if (exceeded) return this.#visits.full('bodies', exceeded);",
    scene: `${timed} > a body > has room as long as all that wait fit, to the byte`,
  },
  {
    name: 'a body that is over makes room',
    file: visits,
    find: 'this.#visits.bodies.free(this.address, this.#bytes);',
    scene: `${timed} > a body > has room as long as all that wait fit, to the byte`,
  },
  {
    name: 'a body for which there is no room is read no further',
    file: bodies,
    find: 'if (full) turnAway(reply, full);',
    scene: `${edges} > a body > for whose rest there is no room is answered 429, with the time to come back`,
  },
  {
    name: 'the rest of a body that was answered is not waited for',
    file: exchange,
    find: '(isLast || status === 503)',
    replace: '(status === 503)',
    scene: `${edges} > a body > that comes too slowly is answered 408, and its connection ended`,
  },
  {
    name: 'a page of another origin may read when to come back',
    file: exchange,
    find: "'access-control-expose-headers': 'Retry-After',",
    scene: `${edges} > a page of another origin > may read when to come back`,
  },
  {
    name: 'what is offered has a bound',
    file: 'server/src/upgrades.ts',
    find: 'Buffer.byteLength(offer) > this.#host.maxOffer',
    replace: 'false',
    scene: `${edges} > Sec-WebSocket-Protocol > may be so long, and one byte more is answered 431: for a session`,
  },
  {
    name: 'what is offered over HTTP has the same bound',
    file: decisions,
    find: 'Buffer.byteLength([auth, ...protocols].join()) > this.#options.maxOffer',
    replace: 'false',
    scene: `${edges} > Sec-WebSocket-Protocol > has an attach in its place over HTTP: one that is too long is refused with 1009, and nobody is asked`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofUpgrades = [
  {
    name: 'a request whose client has gone takes no place',
    file: 'server/src/server.ts',
    find: 'if ((response as ServerResponse).destroyed) return;',
    scene: `${edges} > a request > whose client is gone before it is handed over takes no place`,
  },
  {
    name: 'an upgrade whose client has gone takes no place',
    file: 'server/src/upgrades.ts',
    find: 'if (socket.destroyed) return;',
    scene: `${edges} > an upgrade > whose client is gone before it is handed over takes no place: a plain WebSocket`,
  },
  {
    name: 'an upgrade for which there is no room is refused',
    file: entrance,
    find: "if ('status' in visit) {\n      decide(turnedAway(visit));\n      return;\n    }",
    replace: "if ('status' in visit) return decide(true);",
    scene: `${edges} > an upgrade > for which there is no room is answered 503, or 429 for its address, with the time to come back`,
  },
  {
    name: 'an upgrade about which nobody says anything is answered',
    file: entrance,
    find: 'visit.awaits(() => {\n      decide({ status: 503 });\n    });',
    scene: `${edges} > an application that does not answer > whether its origin may does so for its clients in fifteen seconds`,
  },
  {
    name: 'plain WebSockets have a rate',
    file: entrance,
    find: 'allowed && isPlain ? this.#visits.attach(visit) : undefined',
    replace: 'undefined as undefined',
    scene: `${edges} > a plain WebSocket > counts among the attaches of its address`,
  },
  {
    name: 'plain WebSockets count among sessions',
    file: entrance,
    find: 'refusal ? undefined : this.#visits.begin(request.socket, visit)',
    replace: 'undefined as undefined',
    scene: `${edges} > a plain WebSocket > counts among the sessions of its address until it closes`,
  },
  {
    name: 'a plain WebSocket that closes makes room',
    file: entrance,
    find: 'this.#visits.end(socket);',
    scene: `${edges} > a plain WebSocket > counts among the sessions of its address until it closes`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofMemory = [
  {
    name: 'parts that wait keep nothing but themselves',
    file: 'server/src/http-transport.ts',
    find: 'if (!frame) gather(this.#assembler.parts);',
    scene: `${memory} > a message that waits > for its other parts costs no more than twice itself, whatever its parts came in`,
  },
  {
    name: 'parts that wait are few',
    file: 'server/src/parts.ts',
    find: ' && before.length <= last.length',
    replace: ' && false',
    scene: 'server/test/parts.test.ts > parts of a message > are few, however many come',
  },
  {
    name: 'a message over a WebSocket is no longer than it may be, its escape aside',
    file: conversation,
    find: 'frame.data.length > this.host.maxPayload',
    replace: 'false',
    scene: `${edges} > a message > that is larger ends its session with 1009 over a WebSocket: text`,
  },
  {
    name: 'pongs that wait for room have a bound',
    file: connection,
    find: ' > MAX_UNANSWERED) this.#unanswered.shift();',
    replace: ' < 0) this.#unanswered.shift();',
    scene: `${room} > a client that does not read > is owed sixty-four pongs, however often it pings`,
  },
  {
    name: 'a client that does not read is not sent its pongs',
    file: connection,
    find: 'ids?.length && this.transport?.writable',
    replace: 'ids?.length && this.transport',
    scene: `${room} > a client that does not read > is owed sixty-four pongs, however often it pings`,
  },
  {
    name: 'a pong goes where its ping came from',
    file: connection,
    find: '// A pong proves the transport that it comes on.\n    this.#unanswered = undefined;',
    scene: `${room} > a client that does not read > is owed no pong on another transport than it pinged`,
  },
  {
    name: 'a WebSocket that is superseded keeps nothing that is not read',
    file: webSocket,
    find: "if (this.writable) this.send({ type: 'superseded' });\n    else this.terminate();",
    replace: "this.send({ type: 'superseded' });",
    scene: `${room} > a client that does not read > is not told that it is superseded, and keeps nothing here`,
  },
  {
    name: 'who attaches and does not read is not answered',
    file: webSocket,
    find: 'if (this.writable) this.#claimant.attach(this, frame);\n        else this.terminate();',
    replace: 'this.#claimant.attach(this, frame);',
    scene: `${room} > a client that does not read > is not answered however often it attaches`,
  },
  {
    name: 'a message that waits keeps nothing but itself',
    file: conversation,
    find: 'this.isPaused ? { ...frame, data: Buffer.from(frame.data as Buffer) } : frame',
    replace: 'frame',
    scene: `${memory} > a message that waits > for an application that has paused costs itself, whatever it came in`,
  },
  {
    name: 'a reader that does not read is closed',
    file: 'server/src/sending.ts',
    find: 'if (!outbox.fits(size)) {',
    replace: 'if (false) {',
    scene: `${memory} > a reader that does not read > may be behind by the bound over websocket, and by no byte more`,
  },
];

export const boundGuards = [
  ...ofAddresses,
  ...ofCounts,
  ...ofVisits,
  ...ofRequests,
  ...ofUpgrades,
  ...ofMemory,
];
