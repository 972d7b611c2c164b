/** A Holdfast server behind a fault proxy, on loopback, and a doctor who does not wait for long. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFaultProxy, type FaultProxy, type Faults } from '@holdfast/fault-proxy';
import { HoldfastServer, type HoldfastServerOptions } from '@holdfast/server';
import { vi, type TestContext } from 'vitest';
import {
  diagnose,
  type CheckName,
  type DoctorOptions,
  type Environment,
  type Finding,
} from '@holdfast/doctor';
import { nodeEnvironment } from '../src/node.ts';
import type { Patience } from '../src/options.ts';

// Diagnoses mostly wait: many can do so side by side.
vi.setConfig({ maxConcurrency: 8 });

export type Clean = Pick<TestContext, 'onTestFinished'>;

/** Long for what is to come, however busy the machine; short only for what is waited out in any case. */
export const hasty: Partial<Patience> = {
  upgrade: 10_000,
  answer: 10_000,
  stream: 10_000,
  quiet: 120,
  bodies: 30_000,
  hold: 300,
  total: 60_000,
};
/** For an upgrade that never comes to anything. */
export const withoutUpgrade: Partial<Patience> = { ...hasty, upgrade: 1000 };
/** For responses that come when they are over. */
export const withoutStream: Partial<Patience> = { ...hasty, stream: 600 };

export interface Hospital {
  readonly http: Server;
  readonly server: HoldfastServer;
  readonly proxy: FaultProxy;
  /** Through the proxy. */
  readonly url: string;
  /** How the application saw each session end, and what it received. */
  readonly closes: string[];
  readonly messages: string[];
}

/** What a test gives beside the faults; `chatty` is an application that says something all the time. */
export interface Circumstances extends HoldfastServerOptions {
  readonly chatty?: boolean;
}

export async function open(
  { onTestFinished }: Clean,
  faults: Partial<Faults> = {},
  { chatty = false, ...options }: Circumstances = {},
): Promise<Hospital> {
  const http = await listen({ onTestFinished });
  const server = new HoldfastServer({ server: http, path: '/live', ...options });
  const closes: string[] = [];
  const messages: string[] = [];
  server.on('connection', (socket) => {
    const talk = chatty
      ? setInterval(() => {
          socket.send('something that is said all the time');
        }, 20)
      : undefined;
    socket.on('message', (data) => messages.push(String(data)));
    socket.on('close', (code, reason) => {
      clearInterval(talk);
      closes.push(`${code} ${String(reason)}`);
    });
  });
  const proxy = await startFaultProxy({ target: portOf(http) });
  proxy.set(faults);
  onTestFinished(async () => {
    server.close();
    await proxy.close();
  });
  return { http, server, proxy, url: `ws://127.0.0.1:${proxy.port}/live`, closes, messages };
}

/** Any server, stopped after the test. */
export async function listen(
  { onTestFinished }: Clean,
  listener: RequestListener = (_request, response) => void response.writeHead(404).end('not ours'),
): Promise<Server> {
  const http = createServer(listener);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    if (!http.listening) return;
    const closed = once(http, 'close');
    http.close();
    http.closeAllConnections();
    await closed;
  });
  return http;
}

/** Sees each request before the server does; true if it was answered. */
export function intercept(
  http: Server,
  answers: (request: IncomingMessage, response: ServerResponse) => boolean,
): void {
  const emit = http.emit.bind(http);
  http.emit = (event: string, ...args: unknown[]): boolean => {
    const [request, response] = args;
    const isAnswered = event === 'request' && answers(request as IncomingMessage, response as ServerResponse);
    return isAnswered || emit(event, ...args);
  };
}

export const portOf = (http: Server): number => (http.address() as AddressInfo).port;
export const urlOf = (http: Server): string => `ws://127.0.0.1:${portOf(http)}/live`;

/** All that is found, by the name of the check. */
export async function examine(
  url: string,
  options: DoctorOptions = {},
  environment: Environment = nodeEnvironment(),
): Promise<Record<CheckName, Finding>> {
  const found: Partial<Record<CheckName, Finding>> = {};
  for await (const finding of diagnose(url, environment, { patience: hasty, ...options })) {
    found[finding.check] = finding;
  }
  return found as Record<CheckName, Finding>;
}

/** The checks that are neither ok nor skipped. How fast this machine is has nothing to do with it. */
export const complaints = (found: Record<CheckName, Finding>): Record<string, string> =>
  Object.fromEntries(
    Object.values(found)
      .filter(({ check, verdict }) => check !== 'latency' && (verdict === 'impaired' || verdict === 'broken'))
      .map(({ check, verdict }) => [check, verdict]),
  );

/** The transport, as `summarize` names it, needs the findings as a list. */
export const listOf = (found: Record<CheckName, Finding>): Finding[] => Object.values(found);
