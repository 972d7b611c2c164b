import { createClient } from 'graphql-ws';
import { expect } from 'vitest';
import { serveGraphql } from './support/graphql-server.ts';
import { everyWay } from './support/ways.ts';

everyWay('graphql-ws yields each item of a subscription once', async ({ WebSocket, wss, url, flow }) => {
  const events: string[] = [];
  const left = new Promise((resolve) => {
    serveGraphql(wss, flow, (code, reason) => resolve(`${code} ${reason}`));
  });
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    on: {
      connected: (socket) => events.push(`connected ${(socket as WebSocket).protocol}`),
      closed: () => events.push('closed'),
    },
  });

  const items = client.iterate<{ number: number }>({ query: 'subscription { number }' });
  for await (const { data, errors } of items) {
    expect(errors).toBeUndefined();
    flow.see(data!.number);
  }
  await flow.arrived();
  const answers = client.iterate({ query: '{ greeting }' });
  expect((await answers.next()).value).toEqual({ data: { greeting: 'hello' } });
  expect(events).toEqual(['connected graphql-transport-ws']);

  await client.dispose();
  expect(await left).toBe('1000 Normal Closure');
});
