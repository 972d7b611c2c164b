/** Over TLS, which takes a browser to trust our certificate, and to speak HTTP/2. */
import { addCertificate } from './support/certificate.ts';
import { expect, test, transports } from './support/fixtures.ts';
import { echoed, talk } from './support/in-page.ts';

for (const [page, protocol] of [
  ['https', 'http/1.1'],
  ['http2', 'h2'],
] as const) {
  test(`the recipe ${page} holds, over ${protocol}`, async ({ recipe, page: tab }) => {
    const files = recipe(page);
    if (!addCertificate(files)) {
      const reason = 'there is no openssl to make a certificate';
      process.stdout.write(`skipped, since ${reason}: ${page}\n`);
      test.skip(true, reason);
    }
    const program = await files.run('server.mjs');

    const home = await tab.goto(program.url('/', 'https'));
    expect(await home?.text()).toContain('Hello');
    const nowhere = await tab.request.post(program.url('/live', 'https'));
    expect([nowhere.status(), await nowhere.text()]).toEqual([404, 'not here']);

    for (const transport of transports) expect(await talk(tab, transport)).toEqual(echoed);

    const protocols = await tab.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('holdfast='))
        .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol)
        // Of a request that was aborted the browser does not say.
        .filter((name) => name !== ''),
    );
    expect(new Set(protocols)).toEqual(new Set([protocol]));
  });
}
