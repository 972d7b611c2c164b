// Guards of the server’s WebSockets: what they carry, and how long they stand by.

const webSocket = 'server/src/websocket-transport.ts';
const aWebSocket = 'world/test/scenes/websockets.test.ts > a WebSocket';
const carrier = 'server/src/carrier.ts';
const aCarrier = 'server/test/carrier.test.ts > a socket over WebSocket';
const aFullOne = 'world/test/scenes/websockets.test.ts > a full WebSocket';

/** @type {import('./index.mjs').Guard[]} */
export const serverWebSocketGuards = [
  {
    name: 'what is sent in a turn is one write',
    file: carrier,
    find: '    if (this.#bytes >= ENOUGH) this.flush();',
    replace: '    this.flush();',
    scene: `${aCarrier} > makes one write to the network of what it sends in a turn`,
  },
  {
    name: 'much of what is sent in a turn leaves at once',
    file: carrier,
    find: 'if (this.#bytes >= ENOUGH) this.flush();',
    scene: `${aCarrier} > does not wait for the end of the turn with all of it where it is much`,
  },
  {
    name: 'what was sent in a turn goes ahead of the end',
    file: carrier,
    find: 'this.flush();\n    super.close(code, reason);',
    replace: 'super.close(code, reason);',
    scene: `${aCarrier} > says why it refuses before it closes`,
  },
  {
    name: 'what is compressed is left to ws',
    file: carrier,
    find: 'this.#compresses || ',
    scene: `${aCarrier} > leaves frames to ws where they are compressed`,
  },
  {
    name: 'large payloads are not copied',
    file: 'server/src/frames.ts',
    find: 'isSmall = size <= SMALL;',
    replace: 'isSmall = true;',
    scene: 'server/test/carrier.test.ts > messages as frames > are not copied where they are large',
  },
  {
    name: 'a frame that was made for one client is the frame of another only if the same is said',
    file: 'server/src/frames.ts',
    find: 'this.#last?.data !== message.data || ',
    scene: `server/test/carrier.test.ts > messages as frames > are made once where one client after the other is told the same`,
  },
  {
    name: 'a frame that was made for one client is the frame of another only if it is of the same kind',
    file: 'server/src/frames.ts',
    find: ' || this.#last.binary !== message.binary',
    scene: `server/test/carrier.test.ts > messages as frames > are made once where one client after the other is told the same`,
  },
  {
    name: 'a request that nobody asks about any more is forgotten',
    file: 'server/src/endpoint.ts',
    find: 'if (!this.#options.authenticates) caller.request = undefined;',
    scene: `${aWebSocket} > that asks for a second session ends, and leaves the first to wait`,
  },
  {
    name: 'a session hears that its WebSocket ends for another one',
    file: webSocket,
    find: 'this.terminate();\n    owner?.lost();',
    replace: 'this.terminate();',
    scene: `${aWebSocket} > that asks for a second session ends, and leaves the first to wait`,
  },
  {
    name: 'a session does not begin without a request',
    file: 'server/src/endpoint.ts',
    find: 'else if (!request && !this.#registry.get(frame.id)) transport.drop();',
    scene: `${aWebSocket} > that asks for a second session ends, and leaves the first to wait`,
  },
  {
    name: 'a WebSocket that carries no session is closed',
    file: webSocket,
    find: 'this.visit.awaits(() => {\n      this.terminate();\n    });',
    scene:
      'world/test/scenes/room.test.ts > clients without a session > that were turned away, and do not go, are ended',
  },
  {
    name: 'a WebSocket that was superseded is closed if it is not wanted again',
    file: webSocket,
    find: 'if (this.visit.enter()) this.terminate();\n    else this.#standBy();',
    scene: `${aWebSocket} > is closed fifteen seconds after it carried a session`,
  },
  {
    name: 'a WebSocket that carries a session is not closed for standing by',
    file: 'server/src/endpoint.ts',
    find: 'visit.leave();\n        if (!connection.attach(transport',
    replace: 'if (!connection.attach(transport',
    scene: `${aWebSocket} > that carries a session is not closed for standing by`,
  },
  {
    name: 'a WebSocket that is over leaves no alarm behind',
    file: webSocket,
    find: 'this.visit.leave();\n    const',
    replace: 'const',
    scene: `${aWebSocket} > that is over leaves no timer behind`,
  },
  {
    name: 'a message that is too long ends the session',
    file: webSocket,
    find: 'if (TOO_LONG.test(code)) ',
    replace: 'if (false) ',
    scene: `${aWebSocket} > loses its session with a message that is too long`,
  },
  {
    name: 'another error of a WebSocket does not end the session',
    file: webSocket,
    find: 'if (TOO_LONG.test(code)) ',
    replace: '',
    scene: `${aWebSocket} > that fails leaves its session to wait`,
  },
  {
    name: 'a full WebSocket is given nothing',
    file: webSocket,
    find: 'return this.#wire.bufferedAmount < HIGH_WATER;',
    replace: 'return true;',
    scene: `${aFullOne} > is given nothing more until it has written`,
  },
  {
    name: 'a session that a WebSocket leaves knows of it',
    file: webSocket,
    find: 'if (this.#id !== id) this.#owner?.lost();',
    scene: `${aWebSocket} > that goes from one session to another leaves the first to wait`,
  },
  {
    name: 'a WebSocket that attaches again is not lost',
    file: webSocket,
    find: 'if (this.#id !== id) this.#owner?.lost();',
    replace: 'this.#owner?.lost();',
    scene: `${aWebSocket} > that attaches again is welcomed again, and no more`,
  },
  {
    name: 'messages are counted from the attach',
    file: webSocket,
    find: 'this.#seq = received;',
    scene: `${aWebSocket} > that stands by claims the session when it says so, and counts from there`,
  },
  {
    name: 'what becomes due when a WebSocket has room again is waited for',
    file: 'server/src/connection.ts',
    find: 'this.#connection.arm();\n    }\n\n    wantsMessages',
    replace: '}\n\n    wantsMessages',
    scene: `${aFullOne} > is given an acknowledgement in its time when it is full no more`,
  },
  {
    name: 'a WebSocket that becomes full tells when it has room again',
    file: webSocket,
    find: 'full ? this.#whenWritten() : undefined',
    replace: 'undefined',
    scene: `${aFullOne} > is given nothing more until it has written`,
  },
  {
    name: 'a WebSocket keeps its session though it asks in vain',
    file: webSocket,
    find: 'if (!this.#owner) this.#release();',
    replace: 'this.#release();',
    scene: `${aWebSocket} > keeps its session though it asks for it in vain`,
  },
  {
    name: 'a text that looks like a control frame is escaped',
    file: webSocket,
    find: 'else this.#write(escaped(frame.data), TEXT);',
    replace: 'else this.#write(frame.data, TEXT);',
    scene: `${aWebSocket} > brings texts that look like control frames, and takes them`,
  },
  {
    name: 'a text that is given as bytes is escaped too',
    file: webSocket,
    find: 'data[0] === ESCAPE ? Buffer.concat([Buffer.of(ESCAPE), data]) : data',
    replace: 'data',
    scene: `${aWebSocket} > brings texts that look like control frames, and takes them`,
  },
  {
    name: 'an escaped text is a text',
    file: webSocket,
    find: 'if (data[1] === ESCAPE) {',
    replace: 'if (false) {',
    scene: `${aWebSocket} > brings texts that look like control frames, and takes them`,
  },
  {
    name: 'bytes are no control frame, whatever they are',
    file: webSocket,
    find: 'if (isBinary || data[0] !== ESCAPE) {',
    replace: 'if (data[0] !== ESCAPE) {',
    scene: `${aWebSocket} > brings bytes of every kind`,
  },
  {
    name: 'a malformed control frame ends the session',
    file: webSocket,
    find: "if (this.#owner) this.#owner.violation(violation('malformed control frame'));\n        else this",
    replace: 'if (!this.#owner) this',
    scene: `${aWebSocket} > loses its session with a control frame that is malformed`,
  },
  {
    name: 'a malformed control frame ends a WebSocket without a session',
    file: webSocket,
    find: "else this.refuse(CloseCode.protocolError, 'malformed control frame');",
    scene: `${aWebSocket} > without a session is refused with a malformed control frame`,
  },
  {
    name: 'a client that says anything is alive',
    file: webSocket,
    find: 'this.#owner?.heard();',
    scene:
      'world/test/scenes/server-sockets.test.ts > a silent client > is not pinged, nor let go, if it says anything',
  },
];
