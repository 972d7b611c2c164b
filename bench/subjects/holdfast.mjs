/** Holdfast as it is published: what `npm run build` made. */

/**
 * @param {string} label
 * @param {import('@holdfast/client').TransportName[]} [transports] left out: the default ones
 * @param {typeof fetch} [fetch] left out: Node's
 * @returns {import('../types.ts').Subject}
 */
export const holdfast = (label, transports, fetch) => ({
  label,
  async serve(server) {
    const { HoldfastServer } = await import('@holdfast/server');
    new HoldfastServer({ server }).on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  },
  async connector() {
    const [{ HoldfastSocket }, { WebSocket }] = await Promise.all([import('@holdfast/client'), import('ws')]);
    return (port, listener) => {
      /** @type {import('ws').WebSocket | undefined} */
      let wire;
      const made = (/** @type {import('ws').WebSocket} */ socket) => {
        wire = socket;
      };
      class Wire extends WebSocket {
        /** @param {string} url @param {string | string[]} [protocols] */
        constructor(url, protocols) {
          super(url, protocols);
          made(this);
        }
      }
      const socket = new HoldfastSocket(`http://127.0.0.1:${port}/`, [], {
        WebSocket: Wire,
        ...(transports && { transports }),
        ...(fetch && { fetch }),
      });
      let isCut = false;
      socket.onopen = () => listener.onopen();
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }) => {
        if (typeof data === 'string') listener.onmessage(data);
        else listener.onbytes?.(new Uint8Array(data));
      };
      socket.onclose = () => listener.onclose();
      socket.ontransportchange = () => {
        if (!isCut || !socket.transport) return;
        isCut = false;
        listener.onopen();
      };
      return {
        send: (text) => socket.send(text),
        sendBytes: (bytes) => socket.send(bytes),
        buffered: () => socket.bufferedAmount,
        close: () => socket.close(),
        cut: () => {
          isCut = true;
          wire?.terminate();
        },
      };
    };
  },
});
