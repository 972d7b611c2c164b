// Guards of who may come in: which pages, who a client is, whose a session is, and that no id is told.

const decisions = 'server/src/decisions.ts';
const endpoint = 'server/src/endpoint.ts';
const identity = 'server/src/identity.ts';
const origin = 'server/src/origin.ts';
const origins = 'server/test/origin.test.ts';
const identities = 'server/test/identity.test.ts';
const sessions = 'server/test/admission.test.ts > a session';
const clients = 'server/test/admission.test.ts > a client that authenticates';
const thief = `${sessions} > is not taken, read, written, superseded or ended by who has its id and attempt alone`;

/** @type {import('./index.mjs').Guard[]} */
const ofPages = [
  {
    name: 'what the browser calls cross-site is not let in without an origin',
    file: origin,
    find: 'return !isCrossSite(request);',
    replace: 'return true;',
    scene: `${origins} > does not let in what the browser calls cross-site, though its origin was taken away, by default`,
  },
  {
    name: 'a pattern means the whole of an origin',
    file: origin,
    find: '`^(?:${each.source})$`',
    replace: 'each.source',
    scene: `${origins} > a pattern > means the whole of an origin, and never null: /app\\.example/, https://app.example`,
  },
  {
    name: 'no pattern means null',
    file: origin,
    find: "origin !== 'null' && ",
    scene: `${origins} > a pattern > means the whole of an origin, and never null: /.*/, null`,
  },
  {
    name: 'a page of plain http is not the own one of a server that ends TLS',
    file: origin,
    find: "if ('encrypted' in socket && url.protocol !== 'https:') return false;",
    scene: `${origins} > takes no page that came in plain text for its own where it ends TLS itself`,
  },
  {
    name: 'a list has only what browsers send',
    file: origin,
    find: '(isWeb && url.origin !== each)',
    replace: 'false',
    scene: `${origins} > a list > has nothing in it that no browser sends: "https://app.example/"`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofIdentities = [
  {
    name: 'a client that is nobody is refused',
    file: identity,
    find: 'if (identity) done(undefined, identity);\n    else ',
    replace: 'if (identity || true) done(undefined, identity);\n    else ',
    scene: `${identities} > authenticate > refuses a client with undefined, now or later`,
  },
  {
    name: 'a mistake does not refuse a client',
    file: identity,
    find: ', later: true }',
    replace: ' }',
    scene: `${identities} > authenticate > lets nobody in by a mistake, which is reported and says nothing against the client`,
  },
  {
    name: 'a mistake is reported',
    file: identity,
    find: 'onError(asError(error));',
    scene: `${identities} > authenticate > lets nobody in by a mistake, which is reported and says nothing against the client`,
  },
  {
    name: 'an identity can be compared',
    file: identity,
    find: 'mustBeData(identity);\n    } catch',
    replace: '} catch',
    scene: `${identities} > authenticate > takes what cannot be compared for a mistake: a promise inside`,
  },
  {
    name: 'a client that cannot be asked about gets no session over WebSocket or HTTP',
    file: decisions,
    find: 'if (refusal?.later) {',
    replace: 'if (false) {',
    scene: `${clients} > tries again over polling if nobody could be asked`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofSessions = [
  {
    name: 'a session is not attached by somebody else',
    file: decisions,
    find: "if (!this.isTheirs(frame.id, identity)) return { type: 'gone' };",
    scene: thief,
  },
  {
    name: 'an attach that somebody else repeats is not answered as before',
    file: endpoint,
    find: 'this.#decisions.isTheirs(frame.id, identity) ? this.#carrier(frame) : undefined',
    replace: 'this.#carrier(frame)',
    scene: thief,
  },
  {
    name: 'a request shows the key of its session',
    file: endpoint,
    find: 'if (holder && !isKey(holder.key, head.key)) {',
    replace: 'if (false) {',
    scene: thief,
  },
  {
    name: 'who has had a session is remembered as long as its end',
    file: 'server/src/registry.ts',
    find: '(this.#connections.get(id) ?? this.#ended.get(id))?.holder',
    replace: 'this.#connections.get(id)?.holder',
    scene: `${sessions} > that has ended tells others neither that it has ended, nor how`,
  },
  {
    name: 'a key is told over HTTP alone',
    file: 'server/src/connection.ts',
    find: 'batches ? this.holder.key || undefined : undefined',
    replace: 'this.holder.key || undefined',
    scene: `${sessions} > tells its own client’s late requests that they are superseded`,
  },
  {
    name: 'an identity is kept as it was',
    file: endpoint,
    find: "typeof identity === 'object' ? structuredClone(identity) : identity",
    replace: 'identity',
    scene: `${sessions} > stays with its user whatever the application does with the identity of a socket`,
  },
  {
    name: 'a client shows its key with what it sends',
    file: 'client/src/http-transport.ts',
    find: 'attempt, key: this.#welcomed.key }',
    replace: 'attempt }',
    scene: `${clients} > is known to the application over polling`,
  },
  {
    name: 'a client shows its key with its polls',
    file: 'protocol/src/requests.ts',
    find: '${frame.mode}${keyField(frame)}',
    replace: '${frame.mode}',
    scene: `${clients} > is known to the application over polling`,
  },
  {
    name: 'headers that an application sees hold no ids',
    file: 'server/src/upgrades.ts',
    find: 'if (!isPlain) hide(request);',
    scene:
      'server/test/admission.test.ts > an id > is in no URL, header, answer, error, warning or object that an application sees',
  },
];

export const admissionGuards = [...ofPages, ...ofIdentities, ...ofSessions];
