/** Mounted in each framework: Holdfast's clients get through on every transport, and nobody else notices. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { expect, test, transports } from './support/fixtures.ts';

/** Pages with a server on plain HTTP; those with `/echo` parse bodies. */
const pages = ['node', 'express', 'fastify', 'koa', 'hono'];

for (const page of pages) {
  test(`the recipe ${page} holds`, async ({ recipe, connect }) => {
    const program = await recipe(page).run('server.mjs');

    await test.step('its own routes work', async () => {
      const home = await fetch(program.url('/'));
      expect([home.status, await home.text()]).toEqual([200, 'Hello']);
      if (page === 'node') return;
      const body = JSON.stringify({ hello: ['you', 'there'] });
      const headers = { 'content-type': 'application/json' };
      const echo = await fetch(program.url('/echo'), { method: 'POST', headers, body });
      expect(await echo.json()).toEqual(JSON.parse(body));
    });

    await test.step('what is not there gets its own 404, on the path of Holdfast too', async () => {
      const nowhere = await fetch(program.url('/nowhere'));
      const live = await fetch(program.url('/live'));
      expect([nowhere.status, live.status]).toEqual([404, 404]);
      expect((await live.text()).replace('live', 'nowhere')).toBe(await nowhere.text());
    });

    await test.step('a plain WebSocket may connect', async () => {
      const plain = new WebSocket(program.url('/live', 'ws'));
      await once(plain, 'open');
      plain.send('plain');
      expect(String(await once(plain, 'message'))).toBe('plain,false');
      plain.terminate();
    });

    const clients = transports.map((name) => connect(program.url('/live'), { transports: [name] }));
    await test.step('messages go and come over each transport', async () => {
      for (const [i, client] of clients.entries()) {
        expect(await client.ask('text ✓')).toBe('text ✓');
        expect(await client.ask(Uint8Array.of(0, 16, 255))).toEqual([0, 16, 255]);
        await client.over(transports[i]!);
      }
    });

    await test.step('it ends by itself, and its clients are told', async () => {
      const told = clients.map((client) => client.event('statechange'));
      expect(await program.stop(), program.output).toBe(0);
      await Promise.all(told);
    });
  });
}

test('the recipe mount holds, each server on its own path', async ({ recipe, connect }) => {
  const program = await recipe('mount').run('server.mjs');
  for (const path of ['chat', 'game']) {
    for (const transport of transports) {
      const client = connect(program.url(`/${path}`), { transports: [transport] });
      expect(await client.ask('hello')).toBe(`${path}: hello`);
      await client.over(transport);
    }
  }
  expect(await (await fetch(program.url('/'))).text()).toBe('Hello');
  const lost = new WebSocket(program.url('/nowhere', 'ws'));
  const [{ message }] = (await once(lost, 'error')) as [Error];
  expect(message).toBe('socket hang up');
  expect(await program.stop(), program.output).toBe(0);
});
