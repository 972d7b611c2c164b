/** How our upgrades and requests are found among all of an HTTP server's. */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';

/** What is found, and for whom. */
export interface Attached {
  isOurUpgrade(request: IncomingMessage): boolean;
  isOurRequest(request: IncomingMessage): boolean;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onListening(): void;
  /** @param isOnly whether nobody else listens for the server's errors */
  onError(error: Error, isOnly: boolean): void;
}

/** Marks the listeners of servers of this kind, which may share an HTTP server. */
const OURS = Symbol('holdfast');

interface Listener {
  readonly [OURS]?: Attached;
}

/** Attaches to a server. Gives what detaches from it. */
export function attach(server: HttpServer | HttpsServer, attached: Attached): () => void {
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (attached.isOurUpgrade(request) || isNobodys(server, request, onUpgrade))
      attached.onUpgrade(request, socket, head);
  };
  const onError = (error: Error): void => {
    attached.onError(error, server.listenerCount('error') === 1);
  };
  const onListening = (): void => {
    attached.onListening();
  };
  server.on('upgrade', Object.assign(onUpgrade, { [OURS]: attached }));
  server.on('error', onError);
  server.on('listening', onListening);
  // A listener could not keep a request from the others, were they added before or after. So it is caught on its way
  // to all of them.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its server below
  const { emit } = server;
  const intercepted = (event: string, ...args: unknown[]): boolean => {
    const [request, response] = args;
    if (event !== 'request' || !attached.isOurRequest(request as IncomingMessage)) {
      return Reflect.apply(emit, server, [event, ...args]) as boolean;
    }
    attached.onRequest(request as IncomingMessage, response as ServerResponse);
    return true;
  };
  server.emit = intercepted;
  return () => {
    server.off('upgrade', onUpgrade);
    server.off('error', onError);
    server.off('listening', onListening);
    if (server.emit === intercepted) server.emit = emit;
  };
}

/** Whether the last of our listeners has to answer an upgrade, since nobody else is there who might. */
function isNobodys(
  server: HttpServer | HttpsServer,
  request: IncomingMessage,
  listener: (...args: never[]) => void,
): boolean {
  const listeners = server.listeners('upgrade');
  const mayAnswer = (each: object): boolean => (each as Listener)[OURS]?.isOurUpgrade(request) ?? true;
  return listeners.at(-1) === listener && !listeners.some(mayAnswer);
}
