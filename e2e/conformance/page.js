/**
 * Runs the tests where the query says (`global`: page, dedicated, module, shared or service), and leaves the results as
 * JSON in the page's text and in `results`: any driver that can open a URL and read a page can run them.
 */

(async () => {
  const query = new URLSearchParams(location.search);
  const at = location.origin.replace('http', 'ws');
  const { conformance, Holdfast } = /** @type {any} */ (self);
  const script = `worker.js${location.search}`;

  /** @param {MessagePort | Worker} port */
  const answerOf = (port) =>
    new Promise((resolve) => {
      port.onmessage = ({ data }) => resolve(data);
    });

  /** @type {Record<string, () => Promise<unknown>>} */
  const globals = {
    page: () => conformance.run(conformance.classFor(query, Holdfast), at),
    dedicated: () => answerOf(new Worker(script)),
    module: () => answerOf(new Worker(script.replace('worker', 'worker-module'), { type: 'module' })),
    shared: () => answerOf(new SharedWorker(script).port),
    async service() {
      const registration = await navigator.serviceWorker.register(script);
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      const { port1, port2 } = new MessageChannel();
      const answer = answerOf(port1);
      worker?.postMessage('run', [port2]);
      const results = await answer;
      await registration.unregister();
      return results;
    },
  };

  const results = await globals[query.get('global') ?? 'page']?.();
  document.querySelector('pre')?.append(JSON.stringify(results, null, 1));
  Object.assign(self, { results });
})();
