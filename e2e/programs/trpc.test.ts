import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { expect, onTestFinished } from 'vitest';
import type { Flow } from './support/flow.ts';
import { everyWay } from './support/ways.ts';

const t = initTRPC.create();

const routerOf = (flow: Flow, told: number[]) =>
  t.router({
    tell: t.procedure
      .input((input) => Number(input))
      .mutation(({ input }) => {
        told.push(input);
        return told.length;
      }),
    numbers: t.procedure.subscription(() => flow.numbers()),
  });

everyWay("tRPC's wsLink gets each item, and answers each call", async ({ WebSocket, wss, url, flow }) => {
  const told: number[] = [];
  const router = routerOf(flow, told);
  applyWSSHandler({ wss, router });

  const events: string[] = [];
  const wsClient = createWSClient({
    url,
    WebSocket,
    onOpen: () => events.push('open'),
    onClose: () => events.push('close'),
  });
  onTestFinished(() => void wsClient.close());
  const client = createTRPCClient<typeof router>({ links: [wsLink({ client: wsClient })] });

  const answers: Promise<number>[] = [];
  client.numbers.subscribe(undefined, {
    onData(number) {
      answers.push(client.tell.mutate(number));
      flow.see(number);
    },
  });
  await flow.arrived();
  expect(await Promise.all(answers)).toEqual(told);
  expect(told).toHaveLength(answers.length);
  expect(events).toEqual(['open']);
});
