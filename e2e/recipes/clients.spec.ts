/** What the application does with many clients: rooms, and who may come in. */
import { WebSocket } from 'ws';
import { expect, test, transports } from './support/fixtures.ts';

test('the recipe rooms holds, and who is away for a moment misses nothing', async ({ recipe, connect }) => {
  const program = await recipe('rooms').run('server.mjs');
  const wires: WebSocket[] = [];
  class Breakable extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      wires.push(this);
    }
  }
  const join = (room: string, options = {}) => connect(program.url(`/live?room=${room}`), options);
  const ada = join('kitchen', { WebSocket: Breakable });
  const others = transports.map((name) => join('kitchen', { transports: [name] }));
  const stranger = join('cellar');
  await Promise.all([ada, stranger, ...others].map((client) => client.event('open')));

  ada.socket.send('Hello');
  for (const other of others) expect(await other.next()).toBe('Hello');

  wires.at(-1)?.terminate();
  for (const other of others) other.socket.send('Are you there?');
  for (let i = 0; i < others.length; i++) expect(await ada.next()).toBe('Are you there?');

  // The cellar heard nothing of all that: its first message is its own.
  const neighbour = join('cellar');
  await neighbour.event('open');
  neighbour.socket.send('only us');
  expect(await stranger.next()).toBe('only us');
});

for (const transport of transports) {
  test(`the recipe authenticate holds over ${transport}`, async ({ recipe, connect }) => {
    const program = await recipe('authenticate').run('server.mjs');
    const connectWith = (auth: string) =>
      connect(program.url('/live'), { transports: [transport], auth: async () => auth });

    expect(await connectWith('secret of Ada').next()).toBe('Hello Ada');

    const refused = connectWith('a guess');
    const { code, wasClean } = await refused.event<CloseEvent>('close');
    expect([code, wasClean]).toEqual([3000, false]);
    expect(refused.socket.state).toMatchObject({ name: 'closed', code: 3000 });
  });
}

test('the recipe node-client holds', async ({ recipe }) => {
  const server = await recipe('node').run('server.mjs');
  expect(await recipe('node-client').output('client.mjs', server.url('/live'))).toBe('Hello\n');
});
