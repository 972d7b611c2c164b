/** What the steps of a row work with: a subject's clients on one port. */

/** A client that does not say that it has closed is waited for no longer than this, in ms. */
const CLOSE_TIMEOUT = 3000;

/**
 * @param {(port: number, listener: import('../types.ts').Listener) => import('../types.ts').Client} connector
 * @param {number} port
 * @returns {import('../types.ts').Bench}
 */
export const benchOn = (connector, port) => ({
  kept: [],
  connect: (listener) => connector(port, listener),
  open: () =>
    new Promise((resolve, reject) => {
      /** @type {() => void} */
      let closed = () => reject(new Error('closed before it was open'));
      /** @type {import('../types.ts').OpenClient} */
      const open = {
        send: (text) => client.send(text),
        onmessage: () => {},
        onopen: () => {},
        close: () =>
          new Promise((done) => {
            const timer = setTimeout(done, CLOSE_TIMEOUT);
            closed = () => {
              clearTimeout(timer);
              done();
            };
            client.close();
          }),
      };
      const client = connector(port, {
        onopen: () => {
          closed = () => {};
          resolve(open);
          open.onopen();
        },
        onmessage: (text) => open.onmessage(text),
        onclose: () => closed(),
      });
    }),
});
