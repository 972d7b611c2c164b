// Guards of the client’s responses: what is believed of them, and what ends a request.

const http = 'client/src/http-transport.ts';
const path = 'client/src/http-path.ts';
const polls = 'client/src/http-polls.ts';
const requests = 'client/src/http-requests.ts';
const request = 'client/src/http-request.ts';
const opening = 'client/test/http-transport.test.ts > the request that opens';
const sending = 'client/test/http-transport.test.ts > a request that brings messages';
const polling = 'client/test/http-transport.test.ts > a poll';
const slow = 'world/test/scenes/slow-links.test.ts > a large message to a page on a slow link';
const dropped = 'client/test/http-transport.test.ts > a transport that is dropped';
const doubted = 'client/test/http-transport.test.ts > a poll that the server calls over';

/** @type {import('./index.mjs').Guard[]} */
const ofResponses = [
  {
    name: 'an acknowledgement rides with a poll',
    file: polls,
    find: 'if (ack) lines.push(controlRecord(formatCommon(ack)));',
    scene: `${polling} > counts, and comes with the acknowledgement that is due anyway`,
  },
  {
    name: 'what a response brings is proof of life',
    file: http,
    find: 'this.#owner?.heard(bytes);',
    scene: `${polling} > that brings anything shows that its link is alive`,
  },
  {
    name: 'a part of a record is a part of a message',
    file: http,
    find: 'this.isMidway = items.length === 0;',
    scene: `${slow} > arrives over HTTP if the WebSocket shows nothing of it, and the way back waits until it is here`,
  },
  {
    name: 'what the answer to an attach brings is proof of life, too',
    file: http,
    find: '(items, bytes) => {\n        this.#hear(items, bytes);\n      },\n      done: (outcome) => {\n        // What has begun',
    replace:
      '(items) => {\n        this.#take(items);\n      },\n      done: (outcome) => {\n        // What has begun',
    scene: `${slow} > arrives over HTTP if the WebSocket shows nothing of it, and the way back waits until it is here`,
  },
  {
    name: 'an answer to a poll that is none of ours is not trusted',
    file: polls,
    find: 'if (records === 0) this.#owner.lose(NOT_HOLDFAST);\n          else if',
    replace: 'if',
    scene: `${polling} > is not over without an answer: an empty one is not ours`,
  },
  {
    name: 'a poll is held shorter where a proxy ended one early',
    file: path,
    find: 'if (lasted <= MIN_HOLD) return false;',
    replace: 'return false;',
    scene: `${polling} > asks to be held shorter where a proxy ended two early, a second at least`,
  },
  {
    name: 'a poll is not held shorter because of a cut',
    file: path,
    find: 'if (!isSilent && Math.abs(lasted - before) > MIN_HOLD) return false;',
    scene: `${polling} > is not held shorter because it was cut, once or at any time`,
  },
  {
    name: 'a poll is held shorter where one ended in silence',
    file: path,
    find: '!isSilent && ',
    replace: '',
    scene: `${polling} > is held shorter where one ended in silence`,
  },
  {
    name: 'a poll is not held shorter because it was refused at once',
    file: path,
    find: 'if (lasted <= MIN_HOLD) return false;',
    scene: `${polling} > is not held shorter because it was refused at once`,
  },
  {
    name: 'a poll is held for a second at least',
    file: path,
    find: 'Math.max(MIN_HOLD, Math.min(this.#hold, lasted) * 0.7)',
    replace: '(Math.min(this.#hold, lasted) * 0.7)',
    scene: `${polling} > asks to be held shorter where a proxy ended two early, a second at least`,
  },
  {
    name: 'a poll that brought something is not given up for having failed',
    file: polls,
    find: 'records > 1 ? 0 : repeat, again',
    replace: 'repeat, again',
    scene: `${polling} > is repeated with its number if it failed, and not given up while it brings something`,
  },
  {
    name: 'a poll that brings nothing but its own first record is given up',
    file: polls,
    find: 'records > 1 ? 0 : repeat, again',
    replace: 'records > 0 ? 0 : repeat, again',
    scene: `${polling} > is given up when it fails again and again`,
  },
  {
    name: 'a poll that failed is repeated with its number',
    file: polls,
    find: 'this.#poll(number, repeat + 1, ack);',
    replace: 'this.#next();',
    scene: `${polling} > is repeated with its number if it failed, and not given up while it brings something`,
  },
  {
    name: 'a response that breaks the rules ends its transport',
    file: http,
    find: "this.#lose({ reason: item.reason, verdict: 'not-holdfast' });\n        return;",
    replace: 'return;',
    scene: `${polling} > ends its transport with records that are none`,
  },
  {
    name: 'what an answer to messages misses is no matter',
    file: http,
    find: 'if (!this.#spare.has(item)) this',
    replace: 'this',
    scene:
      'client/test/http-sends.test.ts > an answer to messages > may overtake a poll: what it misses comes with that',
  },
  {
    name: 'a client asks only where something waited already',
    file: 'client/src/http-polls.ts',
    find: ' && lasted < 1.5 * this.#path.roundTrip',
    scene:
      'client/test/http-sends.test.ts > a client whose polls bring what waited already > does not ask where nothing waited',
  },
  {
    name: 'a client that has left asks no more',
    file: 'client/src/http-polls.ts',
    find: 'this.#endAsk();\n    this.#endRequest',
    replace: 'this.#endRequest',
    scene:
      'client/test/http-sends.test.ts > a client whose polls bring what waited already > asks no more when it leaves before it has',
  },
  {
    name: 'a client that has left does not begin to ask',
    file: 'client/src/http-polls.ts',
    find: 'if (this.#ended) return;\n    this.#endAsk();',
    replace: 'this.#endAsk();',
    scene:
      'client/test/http-sends.test.ts > a client whose polls bring what waited already > does not ask when it has left',
  },
  {
    name: 'a response with a gap ends its transport',
    file: http,
    find: 'if (!this.#spare.has(item)) this.#lose({ reason: frame.reason });',
    replace: '',
    scene: `${polling} > ends its transport with a message that is ahead`,
  },
  {
    name: 'nothing is taken of a response once its transport has ended',
    file: http,
    find: 'if (!this.#owner) return;\n    switch',
    replace: 'switch',
    also: [{ file: http, find: 'this.#owner && !this.#isWaiting', replace: '!this.#isWaiting' }],
    scene: `${polling} > brings nothing behind the close that it brings`,
  },
  {
    name: 'only a probe is answered as seen',
    file: http,
    find: "case 'probe':\n        this.#writer",
    replace: "case 'probe':\n      case 'batch' as never:\n        this.#writer",
    scene: `${polling} > does not say that it sees what is no probe`,
  },
  {
    name: 'a probe does not wait behind messages',
    file: http,
    find: 'if (!this.#tells(item)) this.#waiting',
    replace: 'this.#waiting',
    also: [
      {
        file: http,
        find: 'default:\n        this.#owner.frame(item)',
        replace: 'default:\n        if (!this.#tells(item)) this.#owner.frame(item)',
      },
    ],
    scene: `${polling} > tells which probe it sees, whatever waits to be taken`,
  },
  {
    name: 'a probe is answered at once',
    file: http,
    find: 'this.#flushSoon();\n        this.#reads',
    replace: 'this.#reads',
    scene: `${polling} > tells at once which probe it sees, and which stream it is`,
  },
  {
    name: 'a page that could not run hears first what has come meanwhile',
    file: 'client/src/http-polls.ts',
    find: 'this.#doubt(2)',
    replace: 'this.#doubt(1)',
    scene: `${doubted} > is not repeated by a page that could not run, and has the word before it`,
  },
  {
    name: 'a poll that cannot be answered any more is no end',
    file: http,
    find: 'loss.isBehind && ',
    replace: 'false && ',
    scene: `${doubted} > and has no answer for any more brings another attach, and no end: { reconnect: false }`,
  },
  {
    name: 'who is told at once to attach anew has lost its transport',
    file: http,
    find: ' && this.#env.now() - this.#welcomedAt >= SETTLED_AFTER',
    scene:
      'client/test/http-transport.test.ts > a request that brings messages > is not repeated if it was rejected',
  },
  {
    name: 'what a message’s part on the server need not bring again is not sent again',
    file: http,
    find: 'new BatchWriter(item.offset)',
    replace: 'new BatchWriter()',
    scene:
      'world/test/scenes/http-proxies.test.ts > HTTP proxies cannot break polling > sends on from where it was, on the next transport, what was half sent',
  },
  {
    name: 'what rode along comes again from the session, and not from the request as well',
    file: http,
    find: 'this.#writer = new BatchWriter(item.offset);\n        this.#owner.frame',
    replace: 'this.#owner.frame',
    scene: `${opening} > has nothing left of what rode along: the session says what goes again`,
  },
  {
    name: 'a request is repeated a few times, and then its transport is given up',
    file: requests,
    find: ' && repeat <= REPEATS.length',
    scene: `${sending} > is given up if the server is always busy`,
  },
  {
    name: 'a busy server is given the time that it asks for',
    file: requests,
    find: "outcome.kind === 'busy' ? (outcome.retryAfter ?? Math.max(TURNED_AWAY, REPEATS[repeat] ?? 0)) : 0",
    replace: '0',
    scene: `${sending} > is repeated after a pause if the server is busy`,
  },
  {
    name: 'a request that was rejected is not repeated',
    file: requests,
    find: 'delay !== undefined && repeat <= REPEATS.length) return this.after(delay, again)',
    replace: 'repeat <= REPEATS.length) return this.after(delay ?? 0, again)',
    scene: `${sending} > is not repeated if it was rejected`,
  },
  {
    name: 'last words outlive the page',
    file: http,
    find: 'repeat), !this.#owner, {',
    replace: 'repeat), false, {',
    scene: `${dropped} > says its last words with a request that outlives the page`,
  },
  {
    name: 'a transport that closes says its last words',
    file: http,
    find: 'if (pageEnds) this.#rewind();\n    this.#flush();',
    replace: 'if (pageEnds) this.#rewind();',
    scene: `${dropped} > says its last words with a request that outlives the page`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofRequests = [
  {
    name: 'no cache answers a request',
    file: request,
    find: 'holdfast=1.${nonce}',
    replace: 'holdfast=1.x',
    scene: `${opening} > is repeated with the same bytes, but to an address of its own`,
  },
  {
    name: 'the query of the application stays',
    file: request,
    find: "${url.includes('?') ? '&' : '?'}",
    replace: '?',
    scene: `${opening} > goes behind a query of the application`,
  },
  {
    name: 'a request that is silent is given up',
    file: request,
    find: 'wait();\n  const abort',
    replace: 'const abort',
    scene: `${opening} > is repeated with the same bytes when nothing comes for a second and a half`,
  },
  {
    name: 'a request that makes progress is not silent',
    file: request,
    find: 'wait();\n        if (!outcome)',
    replace: 'if (!outcome)',
    scene: `${polling} > that brings something now and then is not lost, however long it lasts`,
  },
  {
    name: 'a request that was aborted is over',
    file: request,
    find: 'abort();\n      finish(',
    replace: 'finish(',
    scene: `${opening} > is repeated with the same bytes when nothing comes for a second and a half`,
  },
  {
    name: 'an error page says nothing',
    file: request,
    find: 'if (!outcome) handler.items(reader.push(bytes), bytes.length);',
    replace: 'handler.items(reader.push(bytes), bytes.length);',
    scene: `${sending} > is not read where it was refused: an error page says nothing`,
  },
  {
    name: 'a response that was cut short is none',
    file: request,
    find: "else if (reader.isWhole) finish({ kind: 'done' });",
    replace: "else if (true) finish({ kind: 'done' });",
    scene: `${sending} > is not over if its answer was cut short`,
  },
  {
    name: 'a pause that a server asks for has a bound',
    file: request,
    find: 'Math.min(MAX_RETRY_AFTER, told)',
    replace: 'told',
    scene: `${opening} > waits for some time if that is long`,
  },
  {
    name: 'a pause that cannot be read is some pause',
    file: request,
    find: 'wait >= 0 ? wait : undefined',
    replace: 'wait',
    scene: `${opening} > waits for some time if that makes no sense`,
  },
  {
    name: 'a task that waits keeps a process alive',
    file: 'client/src/tasks.ts',
    find: '(channel?.port1 as NodePort).ref?.();',
    scene:
      'client/test/tasks.test.ts > a task > keeps a process of Node alive as long as it waits, and no longer',
  },
  {
    name: 'tasks go on in a page that was put aside',
    file: 'client/src/tasks.ts',
    find: "(globalThis as Partial<EventTarget>).addEventListener?.('pageshow', open);",
    scene:
      'client/test/tasks.test.ts > a task > is done when its page comes back, though what was on its way is lost',
  },
  {
    name: 'tasks that wait are brought by the new channel',
    file: 'client/src/tasks.ts',
    find: 'waiting.forEach(post);',
    scene:
      'client/test/tasks.test.ts > a task > is done when its page comes back, though what was on its way is lost',
  },
  {
    name: 'a channel without tasks keeps no process alive',
    file: 'client/src/tasks.ts',
    find: 'if (waiting.length === 0) (channel?.port1 as NodePort).unref?.();',
    scene:
      'client/test/tasks.test.ts > a task > keeps a process of Node alive as long as it waits, and no longer',
  },
];

export const clientResponseGuards = [...ofResponses, ...ofRequests];
