// Guards of the client’s requests: what one may bring, and when it is repeated.

const http = 'client/src/http-transport.ts';
const path = 'client/src/http-path.ts';
const requests = 'client/src/http-requests.ts';
const request = 'client/src/http-request.ts';
const scenes = 'world/test/scenes';
const opening = 'client/test/http-transport.test.ts > the request that opens';
const sending = 'client/test/http-transport.test.ts > a request that brings messages';
const polling = 'client/test/http-transport.test.ts > a poll';
const sends = 'client/test/http-sends.test.ts > requests that bring messages';
const dropped = 'client/test/http-transport.test.ts > a transport that is dropped';

/** @type {import('./index.mjs').Guard[]} */
export const clientHttpGuards = [
  {
    name: 'no more is taken than the next batch brings',
    file: http,
    find: 'return this.#writer.pending < this.#path.maxBatch;',
    replace: 'return true;',
    scene: `${sending} > leaves what it does not take where it may still be dropped`,
  },
  {
    name: 'a transport that is dropped aborts what is under way',
    file: requests,
    find: 'for (const end of this.#pending) end();',
    scene: `${dropped} > aborts what is under way, and repeats nothing`,
  },
  {
    name: 'an attach that got no answer is repeated',
    file: http,
    find: 'this.#open(frame, batch, repeat + 1);',
    scene: `${opening} > is repeated with the same bytes when nothing comes for a second and a half`,
  },
  {
    name: 'an attach is not repeated for ever',
    file: http,
    find: 'this.#open(frame, batch, repeat + 1);',
    replace: 'this.#open(frame, batch, repeat);',
    scene: `${opening} > has longer each time, and is given up after four repeats`,
  },
  {
    name: 'an attach that is too large is cut smaller',
    file: http,
    find: 'else if (this.#cutSmaller(batch, outcome)) this.attach(frame);',
    scene: `${opening} > goes again with half of what rode along if it is too large`,
  },
  {
    name: 'an attach tells how long a busy server wants to be left alone',
    file: requests,
    find: "return { reason, retryAfter: outcome.retryAfter ?? TURNED_AWAY, verdict: 'busy' };",
    replace: "return { reason, verdict: 'busy' };",
    scene: `${opening} > waits as long as a busy server asks for, and a random part of that`,
  },
  {
    name: 'an attach is answered by a welcome, or not at all',
    file: http,
    find: 'else if (this.#welcomed) {',
    replace: 'else if (true) {',
    scene: `${opening} > is not trusted if the answer is nothing`,
  },
  {
    name: 'nothing is sent before the welcome',
    file: http,
    find: 'if (!this.#attached || !this.#welcomed || (',
    replace: 'if (!this.#attached || (',
    also: [
      {
        file: http,
        find: 'if (this.#flushing || !this.#welcomed) return;',
        replace: 'if (this.#flushing) return;',
      },
    ],
    scene: `${opening} > is followed by nothing until it is answered, though not all rode along`,
  },
  {
    name: 'one request at a time brings messages while the round trip is not known',
    file: path,
    find: 'roundTrip > 0 && ',
    scene: `${sends} > go one after the other while the round trip is not known`,
  },
  {
    name: 'requests beside others go a part of a round trip apart',
    file: http,
    find: 'return wait <= 0;',
    replace: 'return true;',
    scene: `${sends} > go beside others after a quarter of a round trip`,
  },
  {
    name: 'no more than four bring messages at once',
    file: http,
    find: 'size >= MAX_SENDS || ',
    scene: `${sends} > are four at most`,
  },
  {
    name: 'a way that has become slow is not filled further',
    file: path,
    find: ' && roundTrip <= Math.min(BATCH_TIME, 1.5 * this.#least + 10)',
    scene: `${sends} > go alone again where the way has become slow`,
  },
  {
    name: 'while one goes again no more of them do',
    file: http,
    find: 'this.#isTroubled = true;',
    scene: `${sends} > wait for one that goes again`,
  },
  {
    name: 'those beside one that was too large are given up',
    file: http,
    find: 'for (const { end } of this.#sends) end();',
    scene: `${sends} > are all given up where one was too large, and go again in smaller ones`,
  },
  {
    name: 'an answer that comes late confirms nothing anew',
    file: 'protocol/src/batches.ts',
    find: 'if (first && isBefore(end, { seq: first.seq, offset: this.#confirmed })) return;',
    scene: 'protocol/test/batches.test.ts > a batch > is confirmed in any order',
  },
  {
    name: 'what one task sends goes in one request',
    file: http,
    find: 'this.#env.defer(() => {\n      this.#flushing = false;\n      this.#flush();\n    });',
    replace: 'this.#flushing = false;\n    this.#flush();',
    scene: `${sending} > brings all that one task has sent`,
  },
  {
    name: 'a line that went with a body that was too large goes again',
    file: http,
    find: 'this.#writer.rewind([...new Set(batches)].flatMap(({ lines }) => lines));',
    replace: 'this.#writer.rewind([]);',
    scene: `${polling} > tells again which probe it sees if the body was too large`,
  },
  {
    name: 'a line for the server is sent once',
    file: 'protocol/src/batches.ts',
    find: 'const records: Record[] = [];\n    this.#lines = [];',
    replace: 'const records: Record[] = [];',
    scene: `${polling} > tells once which probe it sees`,
  },
  {
    name: 'an answer that is none of ours is no confirmation',
    file: http,
    find: 'if (!isOurs) {',
    replace: 'if (false) {',
    scene: `${sending} > is not over if its answer is empty: that is not ours`,
  },
  {
    name: 'what was answered is confirmed, and not sent again',
    file: http,
    find: 'this.#writer.confirm(end);',
    scene: `${sending} > is cut into halves if it is too large, and brings nothing that was answered before`,
  },
  {
    name: 'a batch that is too large is cut anew',
    file: http,
    find: 'this.#rewind(batch);',
    scene: `${sending} > is cut into halves if it is too large, and later ones are no larger`,
  },
  {
    name: 'a batch that is too large halves those that follow',
    file: path,
    find: 'const least = Math.min(bytes, this.maxBatch, this.#suspect);',
    replace: 'const least = this.maxBatch;',
    scene: `${sending} > is cut into halves if it is too large, and later ones are no larger`,
  },
  {
    name: 'a proxy that takes nothing at all is given up',
    file: path,
    find: 'if (half < MIN_BATCH) return false;',
    scene: `${opening} > is cut smaller if it is too large, and given up if that makes no sense`,
  },
  {
    name: 'a large batch that was not answered is followed by a small one',
    file: path,
    find: 'this.#isCareful ? MIN_BATCH : ',
    scene: `${sending} > is cut small if it is not answered, and into halves if a large one is not answered again`,
  },
  {
    name: 'one large batch that was not answered says nothing of sizes',
    file: path,
    find: 'if (this.#isCareful) return true;',
    scene: `${sending} > is cut small if it is not answered, and into halves if a large one is not answered again`,
  },
  {
    name: 'a small batch that got through is followed by a large one',
    file: path,
    find: 'this.#isCareful = false;',
    scene: `${sending} > is cut small if it is not answered, and into halves if a large one is not answered again`,
  },
  {
    name: 'about such a size got through: it is not to blame any more',
    file: path,
    find: 'if (2 * bytes > this.#suspect) this.#suspect = Infinity;',
    scene: `${sending} > is not cut into halves if one about as large gets through after all`,
  },
  {
    name: 'a small batch is not to blame for its size',
    file: path,
    find: 'if (bytes <= SMALL_BATCH) return false;',
    scene: `${sending} > is repeated as it is if it is not answered and small: its size is not to blame`,
  },
  {
    name: 'what was answered, however far, was not too large',
    file: request,
    find: "outcome?.kind === 'unanswered' ? outcome.kind : 'failed'",
    replace: "'unanswered'",
    scene: `${sending} > is not cut small if its answer was cut short: it was there`,
  },
  {
    name: 'a limit on batches is not believed for ever',
    file: path,
    find: 'this.maxBatch = Math.min(MAX_BATCH, 2 * this.maxBatch);',
    scene: `${scenes}/http-proxies.test.ts > tries twice as much ten minutes after it learned how much a proxy takes`,
  },
  {
    name: 'a limit on batches is believed for ten minutes',
    file: path,
    find: 'this.#proven = 0;\n    this.#cutAt = now;',
    replace: 'this.#proven = 0;',
    scene: `${scenes}/http-proxies.test.ts > tries twice as much ten minutes after it learned how much a proxy takes`,
  },
  {
    name: 'a limit on batches is tried again by who has so much to send',
    file: path,
    find: '2 * bytes > this.maxBatch && now',
    replace: 'now',
    scene: `${scenes}/http-proxies.test.ts > tries twice as much ten minutes after it learned how much a proxy takes`,
  },
  {
    name: 'a batch may be too large though nobody says so',
    file: path,
    find: 'if (!isSaid) {',
    replace: 'if (!isSaid) return false;\n    if (!isSaid) {',
    scene: `${scenes}/http-proxies.test.ts > HTTP proxies cannot break streaming > learns how much a proxy takes that refuses more than 64 KiB without a word`,
  },
  {
    name: 'a request that failed is repeated with the same bytes',
    file: http,
    find: 'this.#post(send, repeat + 1);',
    replace: 'this.#sends.delete(send);',
    scene: `${sending} > is repeated with the same bytes if it failed, three times, and then the transport is given up`,
  },
  {
    name: 'large batches have more time',
    file: path,
    find: ' + bytes / least',
    scene: `${sending} > has more time the more it brings`,
  },
  {
    name: 'a repeated request has more time',
    file: path,
    find: 'REQUEST_TIMEOUTS[repeat] ??',
    replace: 'REQUEST_TIMEOUTS[0] ??',
    scene: `${opening} > has longer each time, and is given up after four repeats`,
  },
];
