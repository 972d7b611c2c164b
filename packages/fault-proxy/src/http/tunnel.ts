/**
 * An upgraded connection. The head of the server's answer always passes; what follows passes as the weather allows. Like
 * TCP, a direction in which a byte was lost carries nothing from then on.
 */

import { connect, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import type { Weather } from '../weather.ts';
import type { Target } from './upstream.ts';

export interface TunnelOptions {
  /** The request to upgrade, to be sent to the server as it is. */
  readonly request: Buffer;
  readonly browser: Socket;
  readonly target: Target;
  readonly weather: Weather;
}

export function openTunnel({ request, browser, target, weather }: TunnelOptions): void {
  const server = connect({ ...target, allowHalfOpen: true, noDelay: true });
  server.write(request);

  let killTimer: NodeJS.Timeout | undefined;
  const followWeather = (): void => {
    clearTimeout(killTimer);
    if (weather.faults.upgrade !== 'kill' || !answer.passed) return;
    killTimer = setTimeout(() => {
      browser.resetAndDestroy();
      server.resetAndDestroy();
    }, weather.faults.killAfter);
  };
  const unfollow = weather.onChange(followWeather);

  const answer = new AnswerHead(followWeather);
  const muteUp = (): boolean => weather.faults.upgrade === 'mute' || weather.faults.upgrade === 'mute-up';
  const muteDown = (): boolean => weather.faults.upgrade === 'mute';
  browser.pipe(new Gate(muteUp)).pipe(server);
  server.pipe(new Gate(muteDown, answer)).pipe(browser);

  browser.on('error', () => server.resetAndDestroy());
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.syscall === 'connect')
      browser.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else browser.resetAndDestroy();
  });
  browser.on('close', () => {
    unfollow();
    clearTimeout(killTimer);
    // Closed without an error or an end: only we did that, when the proxy was closed.
    if (!browser.readableEnded) server.destroy();
  });
}

/** Lets bytes through until the first that it must lose, and none after it. */
class Gate extends Transform {
  readonly #shut: () => boolean;
  readonly #answer: AnswerHead | undefined;
  #lost = false;

  constructor(shut: () => boolean, answer?: AnswerHead) {
    super();
    this.#shut = shut;
    this.#answer = answer;
  }

  override _transform(
    bytes: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, bytes?: Buffer) => void,
  ): void {
    const always = this.#answer?.lengthIn(bytes) ?? 0;
    if (always < bytes.length && this.#shut()) this.#lost = true;
    done(null, this.#lost ? bytes.subarray(0, always) : bytes);
  }
}

/** Finds the empty line that ends the head of a 101. Any other answer is a plain response, which always passes. */
class AnswerHead {
  readonly #onPassed: () => void;
  #state: 'arriving' | 'passed' | 'no upgrade' = 'arriving';
  #seen = '';

  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
  }

  /** Whether the connection is upgraded, and frames follow. */
  get passed(): boolean {
    return this.#state === 'passed';
  }

  /** How many of these bytes, the next ones of the answer, belong to what always passes. */
  lengthIn(bytes: Buffer): number {
    if (this.#state === 'passed') return 0;
    if (this.#state === 'no upgrade') return bytes.length;
    const before = this.#seen.length;
    this.#seen += bytes.toString('latin1');
    const end = this.#seen.indexOf('\r\n\r\n');
    if (end < 0) return bytes.length;
    this.#state = this.#seen.startsWith('HTTP/1.1 101') ? 'passed' : 'no upgrade';
    if (this.#state === 'no upgrade') return bytes.length;
    this.#onPassed();
    return end + 4 - before;
  }
}
