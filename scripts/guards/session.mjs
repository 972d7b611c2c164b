// Guards of the session and its outbox: what both ends hold, whatever carries it.

const session = 'protocol/src/session.ts';
const outbox = 'protocol/src/outbox.ts';
const sessions = 'protocol/test/session.test.ts';
const outboxes = 'protocol/test/outbox.test.ts > an outbox';

/** @type {import('./index.mjs').Guard[]} */
const ofSession = [
  {
    name: 'a message with a number that was received is dropped',
    file: session,
    find: "if (seq <= this.received) return 'duplicate';",
    scene:
      'world/test/scenes/moving.test.ts > moving > does not take twice what HTTP brings while a WebSocket claims',
  },
  {
    name: 'a gap is found, and not counted',
    file: session,
    find: "if (seq > this.received + 1) return 'gap';",
    scene: `${sessions} > arriving > finds a gap, and does not count what is behind it`,
  },
  {
    name: 'an acknowledgement is due after 64 messages',
    file: session,
    find: 'seq - this.#told >= ACK_MESSAGES * this.#patience || ',
    scene: `${sessions} > acknowledging > is due at once after 64 messages`,
  },
  {
    name: 'an acknowledgement is due after 128 KiB',
    file: session,
    find: ' || this.#untoldBytes >= ACK_BYTES * this.#patience',
    scene: `${sessions} > acknowledging > is due at once after 128 KiB`,
  },
  {
    name: 'an acknowledgement waits for more where it may need a request of its own',
    file: session,
    find: 'this.#patience = batches ? BATCHED_ACKS : 1;',
    scene: `${sessions} > acknowledging > is due after eight times as much where it may need a request of its own`,
  },
  {
    name: 'an acknowledgement is due after half a second',
    file: session,
    find: 'else if (this.ackDueAt === Infinity) this.ackDueAt = now + this.#ackDelay;',
    scene: `${sessions} > acknowledging > is due half a second after the first message that is not acknowledged`,
  },
  {
    name: 'an acknowledgement that is due is not put off by further messages',
    file: session,
    find: 'else if (this.ackDueAt === Infinity) this',
    replace: 'else this',
    scene: `${sessions} > acknowledging > is due half a second after the first message that is not acknowledged`,
  },
  {
    name: 'what was told is not told again',
    file: session,
    find: 'if (this.#told === this.received) return undefined;',
    scene: `${sessions} > acknowledging > counts anew once it is told`,
  },
  {
    name: 'an attach tells what was received, so nothing is left to acknowledge',
    file: session,
    find: 'this.#settle();\n    this.allowance = allowance;',
    replace: 'this.allowance = allowance;',
    scene: `${sessions} > acknowledging > needs no words when a transport is attached: both ends know what the other has`,
  },
  {
    name: 'a full transport is given no acknowledgement',
    file: session,
    find: 'now >= this.ackDueAt) && sink.writable)',
    replace: 'now >= this.ackDueAt))',
    scene: `${sessions} > pumping > keeps an acknowledgement that the transport does not take`,
  },
  {
    name: 'an acknowledgement rides with a batch that goes anyway',
    file: session,
    find: 'sink.batches || now',
    replace: 'now',
    scene: `${sessions} > pumping > acknowledges along with messages that go in a batch anyway`,
  },
  {
    name: 'an acknowledgement rides with a message, but not with each',
    file: session,
    find: 'this.#ackedAt = now;',
    scene: `${sessions} > pumping > acknowledges along with a message, if the last acknowledgement went long enough before`,
  },
  {
    name: 'a full transport is given no message',
    file: session,
    find: 'while (this.outbox.ready && sink.writable) {',
    replace: 'while (true) {',
    scene: `${sessions} > pumping > stops while the transport has enough to do, and goes on where it stopped`,
  },
  {
    name: 'a message that was sent is owed an acknowledgement',
    file: session,
    find: 'if (this.owedSince === Infinity) this.owedSince = now;',
    scene: `${sessions} > an acknowledgement from the peer > is owed from the first message that was sent`,
  },
  {
    name: 'further messages do not put off the suspicion that none arrives',
    file: session,
    find: 'if (this.owedSince === Infinity) this.owedSince = now;',
    replace: 'this.owedSince = now;',
    scene: `${sessions} > an acknowledgement from the peer > is owed from the first message that was sent`,
  },
  {
    name: 'an acknowledgement that says nothing new does not put it off either',
    file: session,
    find: 'if (this.outbox.unacknowledged < before) this',
    replace: 'this',
    scene: `${sessions} > an acknowledgement from the peer > is owed anew from each one that says something new, until all is acknowledged`,
  },
  {
    name: 'nothing is owed once all is acknowledged',
    file: session,
    find: 'this.outbox.inFlight > 0 ? now : Infinity',
    replace: 'now',
    scene: `${sessions} > an acknowledgement from the peer > is owed anew from each one that says something new, until all is acknowledged`,
  },
  {
    name: 'a new transport owes nothing yet',
    file: session,
    find: 'this.owedSince = Infinity;\n    return this.outbox.rewind',
    replace: 'return this.outbox.rewind',
    scene: `${sessions} > an acknowledgement from the peer > is not owed by a transport that was given nothing yet`,
  },
  {
    name: 'a new session counts what it receives from 1, and its attaches too',
    file: session,
    find: 'this.attempt = this.received = this.#arrivedCost = this.#takenCost = 0;',
    scene: `${sessions} > a session that the peer has lost > begins anew, and keeps what was sent only if told to: true`,
  },
];

/** @type {import('./index.mjs').Guard[]} */
const ofOutbox = [
  {
    name: 'a message is kept until it is acknowledged, and sent again on the next transport',
    file: outbox,
    find: 'for (; this.#sent > 0; this.#sent--) {',
    replace: 'for (; false; this.#sent--) {',
    scene: 'world/test/scenes/cuts.test.ts > sends again over another WebSocket what a cut has lost',
  },
  {
    name: 'an acknowledgement of what was never sent is refused',
    file: outbox,
    find: 'if (received > this.#highest) return false;',
    scene: `${outboxes} > refuses an acknowledgement of what was never sent, and changes nothing`,
  },
  {
    name: 'old news is no news',
    file: outbox,
    find: 'while (this.#acknowledged < received) {',
    replace: 'while (this.#acknowledged !== received) {',
    scene: `${outboxes} > learns nothing from an old acknowledgement`,
  },
  {
    name: 'a peer that asks for what is forgotten cannot resume',
    file: outbox,
    find: 'received < this.#acknowledged || ',
    scene: `${outboxes} > cannot go back to what it has forgotten, nor on to what it never sent`,
  },
  {
    name: 'what was sent to any transport is never dropped as unsent',
    file: outbox,
    find: 'return this.#popped + this.#highest - this.#acknowledged;',
    replace: 'return this.#popped;',
    scene: `${outboxes} > drops what no transport was ever given, oldest first, and nothing else`,
  },
  {
    name: 'no more is dropped than was asked for',
    file: outbox,
    find: ' && dropped.length < most;',
    replace: ';',
    scene: `${outboxes} > drops what no transport was ever given, oldest first, and nothing else`,
  },
  {
    name: 'a Blob that is being read is not overtaken',
    file: outbox,
    find: 'if (entry?.content === undefined) return undefined;',
    replace:
      'if (entry?.content === undefined) {\n      if (!entry) return undefined;\n      this.#sent++;\n      return this.next();\n    }',
    scene: `${outboxes} > lets nothing overtake a message that is still being read`,
  },
  {
    name: 'the highest number is that of any transport, not of the present one',
    file: outbox,
    find: 'if (seq > this.#highest) {',
    replace: 'if (true) {',
    scene: `${outboxes} > tells once that a message was given to a transport`,
  },
  {
    name: 'an outbox holds no more messages than it may',
    file: outbox,
    find: 'this.length < this.#bounds.maxMessages && ',
    scene: `${outboxes} > says whether one more message fits`,
  },
  {
    name: 'an outbox holds no more bytes than it may',
    file: outbox,
    find: ' && this.#bytes + size <= this.#bounds.maxBytes',
    scene: `${outboxes} > says whether one more message fits`,
  },
  {
    name: 'an acknowledgement makes room',
    file: outbox,
    find: 'this.#acknowledged++;\n      this.#bytes -= entry.size;',
    replace: 'this.#acknowledged++;',
    scene: `${outboxes} > keeps what was sent until it is acknowledged`,
  },
  {
    name: 'an acknowledgement between two transports is not counted as sent by the next',
    file: outbox,
    find: 'else this.#unsentBytes -= entry.size;',
    scene: `${outboxes} > takes an acknowledgement between two transports`,
  },
  {
    name: 'places that are forgotten in bulk are not counted twice',
    file: outbox,
    find: 'this.#entries = this.#entries.slice(this.#popped);\n      this.#popped = 0;',
    replace: 'this.#entries = this.#entries.slice(this.#popped);',
    scene: `${outboxes} > forgets crowds of acknowledged messages in bulk, and nobody notices`,
  },
  {
    name: 'a new session gives up what was sent if it is to be discarded, and only that',
    file: outbox,
    find: 'keepUnacknowledged ? 0 : this.unacknowledged',
    replace: '0',
    scene:
      'world/test/scenes/lost-sessions.test.ts > a lost session > discards it if told to, but never what was not sent',
  },
  {
    name: 'a new session sends again what was sent and not acknowledged',
    file: outbox,
    find: 'keepUnacknowledged ? 0 : this.unacknowledged',
    replace: 'this.unacknowledged',
    scene:
      'world/test/scenes/lost-sessions.test.ts > a lost session > sends again what was never acknowledged, says so, and opens again',
  },
];

export const sessionGuards = [...ofSession, ...ofOutbox];
