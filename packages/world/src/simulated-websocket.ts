/** Both ends of a WebSocket in the simulated network. */
import type { WebSocketLike } from '../../client/src/environment.ts';
import type { Wire } from '../../server/src/websocket-transport.ts';
import { head, type Network } from './network.ts';

type Data = string | Uint8Array;

/** A frame's header, in bytes. */
const HEADER = 6;
/** How long `ws` waits for the answer to its close frame, in ms. */
const CLOSE_TIMEOUT = 30_000;
const sizeOf = (data: Data): number => data.length + HEADER;

/** Opens a WebSocket as the weather allows. */
export function upgrade(network: Network, socket: SimulatedWebSocket, protocols: readonly string[]): void {
  network.traffic.upgrades++;
  const { upgrade: fate, lifetime } = network.weather;
  const enter = (callback: () => void): void => {
    network.client.enter(callback);
  };
  const connection = network.connect(() => {
    socket.closed();
  });
  const { up, down, id } = connection;
  network.overheard?.(`WebSocket ${id} >`, `(${fate}) ${protocols.join(', ')}`);
  socket.buffered = () => up.buffered;
  socket.misused = (what) => network.misuses.push(`the client's WebSocket: ${what}`);
  socket.abort = () => {
    connection.aborted = true;
    // The close frame arrives behind what was sent before.
    up.send(() => {
      if (network.isLive(connection)) network.break(connection, false);
    });
  };
  if (fate === 'swallow') return;
  up.send(() => {
    const { host } = network;
    if (!host || fate === 'refuse') {
      down.send(() => {
        network.break(connection);
      });
      return;
    }
    const wire = new SimulatedWire((what) => network.misuses.push(`the server's WebSocket: ${what}`));
    connection.onBroken = () => {
      wire.closed();
    };
    const muted = fate === 'mute' || fate === 'mute-up';
    socket.write = (data) => {
      network.overheard?.(`WebSocket ${id} >`, data);
      const deliver = (): void => {
        host.machine.enter(() => {
          wire.receive(data);
        });
      };
      if (!muted) up.send({ size: sizeOf(data), deliver });
    };
    wire.buffered = () => down.buffered;
    wire.write = (data, left) => {
      network.overheard?.(`WebSocket ${id} <`, data);
      const deliver = (): void => {
        enter(() => {
          socket.receive(data);
        });
      };
      if (fate !== 'mute') down.send({ size: sizeOf(data), deliver, left });
      else left();
    };
    wire.end = (patience) => {
      down.send(() => {
        network.break(connection);
      });
      // Where the client's answer does not come, the server's end closes all the same.
      host.machine.setTimeout(() => {
        wire.closed();
      }, patience);
    };
    down.send(() => {
      enter(() => {
        socket.opened('holdfast.1');
      });
    });
    if (fate === 'kill') {
      network.clock.setTimeout(() => {
        network.break(connection);
      }, lifetime);
    }
    host.machine.enter(() => {
      host.endpoint.connect(wire, protocols, head('/live'), host.onConnection);
    });
  });
}

/** The client's end. */
export class SimulatedWebSocket implements WebSocketLike {
  binaryType = 'blob';
  protocol = '';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  abort: () => void = () => undefined;
  write: (data: Data) => void = () => undefined;
  buffered: () => number = () => 0;
  misused: (what: string) => void = () => undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  get bufferedAmount(): number {
    return this.buffered();
  }

  send(data: Data): void {
    if (this.#state === 'connecting') throw new Error('InvalidStateError');
    if (this.#state === 'open') this.write(data);
    else this.misused('send after its end');
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.abort();
  }

  opened(protocol: string): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.protocol = protocol;
    this.onopen?.({} as never);
  }

  receive(data: Data): void {
    if (this.#state === 'open')
      this.onmessage?.({ data: typeof data === 'string' ? data : data.slice().buffer } as never);
  }

  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.onclose?.({ code: 1006, reason: '' } as never);
  }
}

/** The server's end. */
class SimulatedWire implements Wire {
  write: (data: Data, left: () => void) => void = () => undefined;
  end: (patience: number) => void = () => undefined;
  buffered: () => number = () => 0;
  readonly #misused: (what: string) => void;
  readonly #listeners = new Map<string, (...args: never[]) => void>();
  #isClosed = false;
  /** Its 'close' was told. */
  #isGone = false;

  constructor(misused: (what: string) => void) {
    this.#misused = misused;
  }

  get bufferedAmount(): number {
    return this.buffered();
  }

  on(event: string, listener: (...args: never[]) => void): this {
    this.#listeners.set(event, listener.bind(this));
    return this;
  }

  send(data: Data, { binary }: { readonly binary: boolean }, callback?: () => void): void {
    if (this.#isClosed) this.#misused('send after its end');
    else
      this.write(binary ? data : String(typeof data === 'string' ? data : Buffer.from(data)), () =>
        callback?.(),
      );
  }

  close(): void {
    this.#close(CLOSE_TIMEOUT);
  }

  /** Whoever is asked here answers at once. */
  pause(): void {
    throw new Error('nothing to wait for');
  }

  resume(): void {
    // It never waits.
  }

  terminate(): void {
    this.#close(0);
  }

  receive(data: Data): void {
    if (!this.#isClosed)
      this.#listeners.get('message')?.(
        ...([Buffer.from(data as string), typeof data !== 'string'] as never[]),
      );
  }

  closed(): void {
    if (this.#isGone) return;
    this.#isClosed = this.#isGone = true;
    this.#listeners.get('close')?.();
  }

  #close(patience: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.end(patience);
  }
}
