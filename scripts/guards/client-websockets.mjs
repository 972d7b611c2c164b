// Guards of the client’s WebSockets: what they are believed, and when they carry.

const webSocket = 'client/src/websocket-transport.ts';
const anAttach = 'client/test/websocket-transport.test.ts > an attach';
const aWebSocket = 'client/test/websocket-transport.test.ts > a WebSocket';

/** @type {import('./index.mjs').Guard[]} */
export const clientWebSocketGuards = [
  {
    name: 'a server that does not choose our subprotocol is left',
    file: webSocket,
    find: 'if (socket.protocol !== SUBPROTOCOL) this',
    replace: 'if (false) this',
    scene: `${aWebSocket} > is lost if the server does not choose our subprotocol`,
  },
  {
    name: 'nothing is sent before the welcome',
    file: webSocket,
    find: 'return this.#open && ',
    replace: 'return ',
    scene: `${anAttach} > carries nothing until it is welcomed`,
  },
  {
    name: 'nothing is sent while the attach is repeated',
    file: webSocket,
    find: 'this.#open = false;\n      this.#control',
    replace: 'this.#control',
    scene: `${anAttach} > carries nothing while it is repeated`,
  },
  {
    name: 'no message is taken before the welcome',
    file: webSocket,
    find: "if (this.#open) this.#owner?.frame({ type: 'data'",
    replace: "this.#owner?.frame({ type: 'data'",
    scene: `${anAttach} > carries nothing while it is repeated`,
  },
  {
    name: 'no close is taken before the welcome',
    file: webSocket,
    find: 'if (this.#open) this.#owner?.frame({ ...frame',
    replace: 'this.#owner?.frame({ ...frame',
    scene: `${anAttach} > carries nothing until it is welcomed`,
  },
  {
    name: 'messages are counted from the attach',
    file: webSocket,
    find: 'this.#received = this.#attachedFrom;',
    scene: `${anAttach} > is where messages are counted from`,
  },
  {
    name: 'a WebSocket that is superseded carries nothing any more',
    file: webSocket,
    find: "case 'gone':\n        this.#open = false;",
    replace: "case 'gone':",
    scene: `${anAttach} > carries nothing any more once it is superseded`,
  },
  {
    name: 'a malformed control frame ends the WebSocket',
    file: webSocket,
    find: "this.#lose('malformed control frame');\n",
    replace: '\n',
    scene: `${aWebSocket} > is lost with a malformed control frame, and with no other`,
  },
  {
    name: 'a WebSocket that cannot be made is lost',
    file: webSocket,
    find: '} catch (error) {\n      this.#lose(String(error));\n    }\n  }\n\n  send',
    replace: '} catch (error) {\n      throw error;\n    }\n  }\n\n  send',
    scene: `${aWebSocket} > that cannot be made is lost`,
  },
  {
    name: 'a WebSocket that cannot send is lost',
    file: webSocket,
    find: 'this.#socket?.send(data as never);\n    } catch (error) {\n      this.#lose(String(error));',
    replace: 'this.#socket?.send(data as never);\n    } catch (error) {\n      throw error;',
    scene: `${aWebSocket} > that cannot send is lost`,
  },
  {
    name: 'an error is a loss, even without a close',
    file: webSocket,
    find: "this.#lose('the connection failed');",
    scene: `${aWebSocket} > is lost once, though an error is followed by a close`,
  },
  {
    name: 'a WebSocket that has failed is not closed again',
    file: webSocket,
    find: 'this.#socket = undefined;\n',
    scene: `${aWebSocket} > is not closed again when it has failed: WPE 2.38 crashes`,
  },
  {
    name: 'a WebSocket that is ended tells nothing any more',
    file: webSocket,
    find: 'this.#owner = undefined;\n    this.#open = false;',
    replace: 'this.#open = false;',
    scene: `${aWebSocket} > tells nothing any more once it is ended`,
  },
  {
    name: 'control frames are not counted as the application’s',
    file: webSocket,
    find: ' - this.#controlBytes)',
    replace: ')',
    scene: `${aWebSocket} > counts what waits in it, our control frames apart`,
  },
  {
    name: 'control frames that were written are not counted any more',
    file: webSocket,
    find: 'if (!this.#socket?.bufferedAmount) this.#controlBytes = 0;',
    scene: `${aWebSocket} > counts what waits in it, our control frames apart`,
  },
];
