// Guards of the server’s requests: what is held, what is answered again, what a full reader is given.

const http = 'server/src/http-transport.ts';
const polls = 'server/src/http-polls.ts';
const downlink = 'server/src/downlink.ts';
const anAttach = 'world/test/scenes/attaches.test.ts > an attach';
const aBody = 'world/test/scenes/bodies.test.ts > a body';
const aSend = 'world/test/scenes/bodies.test.ts > a send';
const aPart = 'world/test/scenes/bodies.test.ts > a part of a message';
const aPoll = 'world/test/scenes/polls.test.ts > a poll';
const anAnswer = 'world/test/scenes/polls.test.ts > what the answer to a batch brings while a poll is open';
const aStream = 'world/test/scenes/streams.test.ts > a stream';
const theEnd = 'world/test/scenes/streams.test.ts > the end';
const aRepeatedPoll = 'server/test/downlink.test.ts > a repeated poll';

/** @type {import('./index.mjs').Guard[]} */
const ofParts = [
  {
    name: 'a part of a message outlives its transport',
    file: 'server/src/conversation.ts',
    find: 'this.#assembler?.position.seq !== received + 1',
    replace: 'true',
    scene: `${aPart} > is there for the next attach, which is told how much of it`,
  },
  {
    name: 'a part of a message is forgotten with the message',
    file: 'server/src/conversation.ts',
    find: 'this.#assembler?.position.seq !== received + 1',
    replace: '!this.#assembler',
    scene: `${aPart} > is forgotten once a WebSocket has brought the whole`,
  },
  {
    name: 'a part of a message is nothing that a WebSocket could go on with',
    file: 'server/src/connection.ts',
    find: '(batches && this.assembler.position.offset)',
    replace: 'this.assembler.position.offset',
    scene: `${aPart} > is forgotten once a WebSocket has brought the whole`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofHttp = [
  {
    name: 'nothing is taken while nobody reads',
    file: polls,
    find: 'this.#downlink.isOpen ? atOnce : 0',
    replace: 'atOnce',
    scene: `${aPoll} > that nobody reads takes nothing from the session`,
  },
  {
    name: 'an answer to messages has a preview of the next poll',
    file: http,
    find: ', this.#polls.preview()]));',
    replace: ']));',
    scene: `${aPoll} > has a preview in the answer to messages that come before it`,
  },
  {
    name: 'what an answer to messages brought is not taken for sent',
    file: polls,
    find: 'this.#writer.rewind(lines);',
    scene: `${aPoll} > has a preview in the answer to messages that come before it`,
  },
  {
    name: 'what was acknowledged is brought by no poll',
    file: polls,
    find: 'this.#writer.confirm({ seq: received + 1, offset: 0 });',
    scene: `${anAnswer} > comes by the poll no more once it is acknowledged`,
  },
  {
    name: 'a poll waits for the acknowledgement of what an answer has brought',
    file: polls,
    find: 'if (this.#isAnswered) return NOTHING;',
    scene: `${anAnswer} > comes by the poll no more once it is acknowledged`,
  },
  {
    name: 'a poll waits for that no longer than a second',
    file: polls,
    find: 'this.#scheduler.set(this.#lateAlarm, this.#scheduler.now() + ANSWER_PATIENCE);',
    scene: `${anAnswer} > comes again in the next one, and by the poll after a second, until it is acknowledged`,
  },
  {
    name: 'a poll does not wait with what no answer has brought',
    file: polls,
    find: "if (frame.type === 'ack') return;\n    this.#isAnswered = false;",
    replace: "if (frame.type === 'ack') return;",
    scene: `${anAnswer} > comes by the poll with what the server says of its own accord`,
  },
  {
    name: 'a poll that comes waits for no acknowledgement',
    file: polls,
    find: 'this.#isAnswered = false;\n    const now',
    replace: 'const now',
    scene: `${anAnswer} > comes by the next poll, or a repeated one`,
  },
  {
    name: 'an answer brings what an open poll would only if the client has all before it',
    file: polls,
    find: 'this.#trust.hasArrived && this.#lines',
    replace: 'this.#lines',
    scene: `${anAnswer} > comes by the poll at once if the client may not have what is before it`,
  },
  {
    name: 'an answer brings little of what an open poll would',
    file: polls,
    find: ' && this.#writer.pending <= ANSWER',
    scene: `${anAnswer} > is 4 KiB at most`,
  },
  {
    name: 'a preview is short',
    file: polls,
    find: 'this.#isPreviewing ? PREVIEW : ',
    replace: 'this.#isPreviewing ? HIGH_WATER : ',
    also: [{ file: polls, find: 'this.#writer.cut(PREVIEW)', replace: 'this.#writer.cut(HIGH_WATER)' }],
    scene: `${aPoll} > has no more in its preview than 16 KiB`,
  },
  {
    name: 'a batch whose client has left makes room for its repetition',
    file: http,
    find: 'if (this.#held.length === MAX_HELD) this.#held = this.#held.filter(({ isLeft }) => !isLeft());',
    scene: `${aSend} > that is left makes room for one that goes again`,
  },
  {
    name: 'no more is taken at once than a reader may be behind',
    file: polls,
    find: 'this.#writer.pending < room && ',
    scene: `${aPoll} > is given no more at once than a reader may be behind`,
  },
  {
    name: 'a slow reader is given no more',
    file: polls,
    find: ' && this.#downlink.buffered < HIGH_WATER',
    scene: `${aStream} > is given no more while its reader is slow`,
  },
  {
    name: 'an attach is repeated only before the first poll',
    file: polls,
    find: 'if (this.#downlink.number === 0) this.#downlink.join(reply);\n    else reply.fail',
    replace: 'if (true) this.#downlink.join(reply);\n    else reply.fail',
    scene: `${anAttach} > that is repeated behind a poll is too late`,
  },
  {
    name: 'the server expects the next message, not the next request',
    file: http,
    find: 'if (start && isBefore(this.#assembler.position, start)) {',
    replace: 'if (false) {',
    scene: `${aSend} > that overtook another waits for it, and both are answered`,
  },
  {
    name: 'batches that wait have a bound',
    file: http,
    find: 'if (this.#held.length < MAX_HELD) {',
    replace: 'if (true) {',
    scene: `${aSend} > is one of four that may wait`,
  },
  {
    name: 'batches that waited are taken when the missing one comes',
    file: http,
    find: 'for (const late of held) this.receive(late.items, late.reply);',
    scene: `${aSend} > that overtook another waits for it, and both are answered`,
  },
  {
    name: 'a send that ends the session is acknowledged',
    file: http,
    find: "owner?.takeAck() ?? { type: 'ack', received: owner?.received() ?? 0 }",
    replace: "this.#owner?.takeAck() ?? { type: 'ack', received: this.#owner?.received() ?? 0 }",
    scene: `${aSend} > that closes the session is acknowledged all the same`,
  },
  {
    name: 'a poll of a session that has ended is refused',
    file: polls,
    find: "if (!this.#owner) {\n      reply.fail(409, 'the session has ended');\n      return;\n    }",
    scene: `${aPoll} > of a session that an acknowledgement in it has ended is refused`,
  },
  {
    name: 'a repeated poll is answered as before',
    file: polls,
    find: 'if (frame.number === this.#downlink.number) {',
    replace: 'if (false) {',
    scene: `${aPoll} > that is repeated gets the same bytes, and goes on as the first does`,
  },
  {
    name: 'a repeated poll is held no longer than the repetition asks for',
    file: polls,
    find: 'this.#scheduler.set(this, Math.min(this.at, holdUntil));',
    scene: `${aPoll} > that is repeated is held no longer than the repetition asks for (poll)`,
  },
  {
    name: 'a repeated poll that becomes a stream is held no longer than the repetition asks for',
    file: polls,
    find: 'this.#holdUntil = Math.min(this.#holdUntil, holdUntil);',
    scene: `${aPoll} > that is repeated is held no longer than the repetition asks for (stream)`,
  },
  {
    name: 'a poll out of turn is refused',
    file: polls,
    find: 'if (frame.number !== this.#downlink.number + 1) {',
    replace: 'if (false) {',
    scene: `${aPoll} > out of turn is refused`,
  },
  {
    name: 'the round trip is that of the attach',
    file: polls,
    find: 'if (frame.number === 1) {',
    replace: 'if (true) {',
    scene: `${aStream} > measures the round trip with the first poll only`,
  },
  {
    name: 'one poll is out at a time',
    file: polls,
    find: 'this.endResponse();\n    this.#downlink = new',
    replace: 'this.#downlink = new',
    scene: `${aPoll} > ends the one before`,
  },
  {
    name: 'a poll is not held for ever, whatever the client asks for',
    file: polls,
    find: 'Math.min(frame.hold, MAX_HOLD)',
    replace: 'frame.hold',
    scene: `${aPoll} > is held as long as the client asks for, and a minute at most`,
  },
  {
    name: 'a poll that waits has an end',
    file: polls,
    find: 'this.#scheduler.set(this, this.#holdUntil);\n    this.#owner',
    replace: 'this.#owner',
    scene: `${aPoll} > is held as long as the client asks for, and a minute at most`,
  },
  {
    name: 'a new poll takes what waits',
    file: polls,
    find: 'this.#scheduler.set(this, this.#holdUntil);\n    this.#owner.writable();',
    replace: 'this.#scheduler.set(this, this.#holdUntil);',
    scene: `${aPoll} > that nobody reads any more takes nothing: it waits for the next`,
  },
  {
    name: 'batches do not wait for a session that has moved on',
    file: http,
    find: "for (const { reply } of this.#held) reply.fail(409, 'the session has moved on');",
    scene: `${aSend} > does not wait for a session that has moved on`,
  },
  {
    name: 'the last words of a transport are said',
    file: http,
    find: 'this.#polls.deliver();',
    scene: `${theEnd} > is told in the open response: superseded, refused, gone away`,
  },
  {
    name: 'a transport that has ended leaves no alarm behind',
    file: polls,
    find: 'this.#trust.end();',
    scene: `${theEnd} > leaves no timer behind`,
  },
  {
    name: 'nothing is taken behind what ended the session',
    file: http,
    find: 'if (!this.#owner) break;',
    scene: `${aBody} > is taken up to what breaks the rules, and not behind it`,
  },
  {
    name: 'a request is a sign of life',
    file: http,
    find: 'this.#owner?.heard();\n    for',
    replace: 'for',
    scene: `${aSend} > keeps its client alive`,
  },
  {
    name: 'who waited for an answer was there as long as it waited',
    file: polls,
    find: 'this.#owner?.heard();',
    scene: `${aPoll} > that ends begins the resume window`,
  },
  {
    name: 'a body that breaks the rules ends the session',
    file: http,
    find: "case 'violation':\n          this.#owner.violation(item);\n",
    replace: "case 'violation':\n",
    scene: `${aBody} > that breaks the rules ends its session`,
  },
  {
    name: 'a body with a gap ends the session',
    file: http,
    find: "if (frame?.type === 'violation') this.#owner.violation(frame);\n          else if (frame)",
    replace: "if (frame && frame.type !== 'violation')",
    scene: `${aBody} > with a gap in it ends its session`,
  },
  {
    name: 'a verb inside a body ends the session',
    file: http,
    find: 'this.#owner.violation(violation(`${item.type} inside a body`));',
    scene: `${aBody} > has no verb inside`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofDownlink = [
  {
    name: 'a repeated poll is answered with the same bytes',
    file: downlink,
    find: 'for (const bytes of this.#log) reply.write(bytes);',
    scene: `${aPoll} > that is repeated gets the same bytes, and goes on as the first does`,
  },
  {
    name: 'a repeated poll ends if the first has ended',
    file: downlink,
    find: 'if (this.ended) reply.end();',
    scene: `${aRepeatedPoll} > gets the same bytes and the end, if that was written`,
  },
  {
    name: 'who still takes a long response is there',
    file: polls,
    find: ' || this.#downlink.takesTheRest()',
    scene: `world/test/scenes/slow-links.test.ts > a large message to a page on a slow link > arrives over polling in the time that it takes, which is longer than the resume window`,
  },
  {
    name: 'a reader that takes nothing any more may be gone',
    file: downlink,
    find: ' && buffered < this.#waited',
    scene: `server/test/downlink.test.ts > a poll > is taken behind its end as long as bytes of it go`,
  },
  {
    name: 'bytes that are kept for a repeated poll have a bound',
    file: downlink,
    find: 'if (this.size <= MAX_LOG) this.#log?.push(bytes);\n    else this.#log = undefined;',
    replace: 'this.#log?.push(bytes);',
    scene: `${aRepeatedPoll} > is refused if there were too many bytes to keep; the first goes on`,
  },
  {
    name: 'a poll whose bytes are not kept cannot be repeated',
    file: downlink,
    find: "reply.fail(409, 'too late to repeat this poll');",
    scene: `${aRepeatedPoll} > is refused if there were too many bytes to keep; the first goes on`,
  },
  {
    name: 'the slowest reader counts',
    file: downlink,
    find: 'most = Math.max(most, reply.buffered)',
    replace: 'most = reply.buffered',
    scene: `${aRepeatedPoll} > makes the slower one count, were it the first`,
  },
  {
    name: 'a reader that is gone is not written to',
    file: downlink,
    find: 'this.#replies.splice(this.#replies.indexOf(reply), 1);',
    scene: `${aPoll} > that nobody reads any more takes nothing: it waits for the next`,
  },
];

const exchange = 'server/src/exchange.ts';
const answers = 'server/test/exchange.test.ts';

/** @type {import('./index.mjs').Guard[]} */
const ofAnswers = [
  {
    name: 'an answer that goes on tells what is on its way',
    file: exchange,
    find: 'response.writeHead(200, { ...STREAMED, ...corsHeaders(this.#request) });',
    replace: 'response.writeHead(200, { ...WHOLE, ...corsHeaders(this.#request) });',
    scene: `${answers} > one that goes on tells all on its way to let it`,
  },
  {
    name: 'a client of HTTP/1.0 hears that its connection stays',
    file: exchange,
    find: 'request.httpVersionMinor > 0 && ',
    scene: `${answers} > tells a client of HTTP/1.0 that wants to keep its connection what becomes of it`,
  },
  {
    name: 'a client hears that its connection does not stay',
    file: exchange,
    find: ' && response.shouldKeepAlive',
    scene: `${answers} > tells a client that wants to close it what becomes of it`,
  },
];

export const serverHttpGuards = [...ofParts, ...ofHttp, ...ofDownlink, ...ofAnswers];
