// Guards of the flow: a reader that does not read stops the sender at the other end.

const session = 'protocol/src/session.ts';
const outbox = 'protocol/src/outbox.ts';
const inbox = 'protocol/src/inbox.ts';
const conversation = 'client/src/conversation.ts';
const inFlight = 'world/test/scenes/in-flight.test.ts > a client that is busy, over streaming';
const flow = 'world/test/scenes/back-pressure.test.ts';
const streams = 'server/test/streams.test.ts';

/** @type {import('./index.mjs').Guard[]} */
export const flowGuards = [
  {
    name: 'what a busy client has and does not acknowledge is bounded',
    file: outbox,
    find: "if ('data' in entry.content && isFull) return undefined;",
    scene: `${inFlight} > is given 16 MiB, and its application sees that the rest waits`,
  },
  {
    name: 'an acknowledgement lets the next ones go',
    file: 'server/src/conversation.ts',
    find: 'if (this.session.outbox.ready) this.pump();',
    scene: `${inFlight} > is given more when it acknowledges`,
  },
  {
    name: 'as much is in flight as clients leave unacknowledged',
    file: 'server/src/in-flight.ts',
    find: 'Math.max(MIN_MESSAGES, maxMessages / 2)',
    replace: 'maxMessages / 2',
    scene: 'world/test/scenes/in-flight.test.ts > a server that keeps little > sends all of it all the same',
  },
  {
    name: 'a client is asked to acknowledge before it is closed for what it has not',
    file: 'server/src/conversation.ts',
    find: 'this.#askForAck();',
    scene:
      'world/test/scenes/in-flight.test.ts > a server that keeps little > asks once for each acknowledgement, and anew on another transport',
  },
  {
    name: 'it is asked once for each acknowledgement',
    file: 'server/src/conversation.ts',
    find: 'this.#askedBehind = acknowledged;',
    scene:
      'world/test/scenes/in-flight.test.ts > a server that keeps little > asks once for each acknowledgement, and anew on another transport',
  },
  {
    name: 'another transport is asked anew',
    file: 'server/src/conversation.ts',
    find: 'this.#askedBehind = -1;',
    scene:
      'world/test/scenes/in-flight.test.ts > a server that keeps little > asks once for each acknowledgement, and anew on another transport',
  },
  {
    name: 'no message begins beyond what the peer allows',
    file: outbox,
    find: "if ('data' in entry.content && this.cost >= allowance) return undefined;",
    scene: `${flow} > a server whose client gave it a bound > sends until the bound, and goes on as it rises`,
  },
  {
    name: 'a close needs no room',
    file: outbox,
    find: "'data' in entry.content && this.cost",
    replace: 'this.cost',
    scene: `${flow} > a server whose client gave it a bound > sends its close all the same`,
  },
  {
    name: 'what is forgotten has been paid for',
    file: outbox,
    find: 'this.#forgottenBytes += entry.size;',
    scene: `${flow} > a server whose client gave it a bound > keeps to it over the next transport`,
  },
  {
    name: 'an empty message costs something, where it is sent',
    file: outbox,
    find: ' + (this.#acknowledged + this.#sent) * MESSAGE_COST',
    scene: `${flow} > a server whose client gave it a bound > sends until the bound, and goes on as it rises`,
  },
  {
    name: 'an empty message costs something, where it arrives',
    file: session,
    find: 'this.#arrivedCost += size + MESSAGE_COST;',
    replace: 'this.#arrivedCost += size;',
    scene: `${flow} > a client that does not heed the window > is refused for empty messages as well`,
  },
  {
    name: 'a client that sends more than there is room for is refused',
    file: session,
    find: "if (this.#arrivedCost >= this.#allowed) return 'excess';",
    scene: `${flow} > a client that does not heed the window > is refused with 1008`,
  },
  {
    name: 'an old allowance takes nothing back',
    file: session,
    find: 'Math.max(this.allowance, total)',
    replace: 'total',
    scene: `${flow} > a server whose client gave it a bound > takes back nothing that it was allowed`,
  },
  {
    name: 'the client is told that there is room again',
    file: session,
    find: "if (this.allowanceDue && sink.writable)\n      sink.send({ type: 'allow', total: this.takeAllowance() as number });",
    scene: `${flow} > a server that does not read, over websocket > gets all of it, in order, when it reads`,
  },
  {
    name: 'it is told when half of the room is free, not for each message',
    file: session,
    find: ' - this.#allowed >= this.#window / 2',
    replace: ' - this.#allowed > 0',
    scene: `${flow} > a server that reads > tells of room now and then`,
  },
  {
    name: 'a new session has all its room',
    file: session,
    find: 'this.#allowed = this.#window;\n    this.allowance',
    replace: 'this.allowance',
    scene: `${flow} > a new session > has all of the room`,
  },
  {
    name: 'a paused inbox gives nothing',
    file: inbox,
    find: '!this.isPaused && ',
    scene: `${flow} > a server that does not read, over websocket > has no more than its window, and one message`,
  },
  {
    name: 'the end waits for what is unread',
    file: 'server/src/conversation.ts',
    find: 'if (this.#inbox?.isEmpty ?? true) this.goodbye?.();',
    replace: 'this.goodbye?.();',
    scene: `${flow} > a close that overtakes nothing > ends the session for the page at once, though the server reads later`,
  },
  {
    name: 'an end that was not in order waits for nobody',
    file: 'server/src/conversation.ts',
    find: 'if (!isClean && this.#inbox) this.#inbox.isPaused = false;',
    scene: `${flow} > a close that overtakes nothing > does not wait for a reader whose session is lost`,
  },
  {
    name: 'an allowance sets free what waits for it, at the server',
    file: 'server/src/conversation.ts',
    find: 'this.session.allow(frame.total);\n        this.pump();',
    replace: 'this.session.allow(frame.total);',
    scene: `${flow} > a server whose client gave it a bound > sends until the bound, and goes on as it rises`,
  },
  {
    name: 'an allowance sets free what waits for it, at the client',
    file: conversation,
    find: 'this.session.allow(frame.total);\n        this.pump();',
    replace: 'this.session.allow(frame.total);',
    scene: `${flow} > a server that does not read, over websocket > gets all of it, in order, when it reads`,
  },
  {
    name: 'the browser is given no more than it can send',
    file: 'client/src/websocket-transport.ts',
    find: ' && (this.#socket?.bufferedAmount ?? 0) < HIGH_WATER',
    scene:
      'client/test/websocket-transport.test.ts > a WebSocket > takes no more while the browser has a megabyte to send',
  },
  {
    name: 'an acknowledgement asks for more',
    file: conversation,
    find: 'this.#finish(phase.code, phase.reason, false);\n    this.pump();',
    replace: 'this.#finish(phase.code, phase.reason, false);',
    scene: `${flow} > a page on a slow link > keeps what the browser need not have yet, and sends it all`,
  },
  {
    name: 'a socket ends with its session, if that is asked for',
    file: 'client/src/socket.ts',
    find: 'if (this.#options.ends) this.#connection.fail();',
    scene:
      'world/test/scenes/lost-sessions.test.ts > a lost session > ends the socket if told to, says so before, and begins no other',
  },
  {
    name: 'what was not read holds back the end, at the client',
    file: conversation,
    find: 'if (this.#inbox.isEmpty) this.#goodbye?.();',
    replace: 'this.#goodbye?.();',
    scene: `${streams} > a HoldfastStream > gives what it has, though the session is over`,
  },
];
