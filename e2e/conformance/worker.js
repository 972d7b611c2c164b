/** Runs the tests in a worker whose script is a classic one: dedicated, shared, or a service worker. */

/** @type {any} */ (self).importScripts(
  '/holdfast.min.js',
  'harness.js',
  'attributes.js',
  'sending.js',
  'receiving.js',
  'closing.js',
  'events.js',
  'handshake.js',
  'web-idl.js',
  'constructor.js',
);

{
  const { conformance, Holdfast } = /** @type {any} */ (self);
  const Socket = conformance.classFor(new URLSearchParams(location.search), Holdfast);
  const at = location.origin.replace('http', 'ws');
  /** @param {{ postMessage(message: unknown): void }} port */
  const answer = async (port) => port.postMessage(await conformance.run(Socket, at));

  if ('onconnect' in self) self.onconnect = (/** @type {any} */ { ports: [port] }) => answer(port);
  else if ('clients' in self) {
    self.addEventListener('message', (event) => {
      const { ports, waitUntil } = /** @type {any} */ (event);
      waitUntil.call(event, answer(ports[0]));
    });
  } else answer(self);
}
