/** A socket as a Node stream, as `createWebSocketStream` of `ws` makes one: back-pressure both ways. */
import { Duplex, type DuplexOptions } from 'node:stream';

/** What a stream needs of a socket: one of ours, or of `ws`, with the `binaryType` that it has by default. */
export interface StreamSocket {
  readonly readyState: number;
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
  send(data: string | Buffer, callback: (error?: Error) => void): void;
  close(): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Makes a duplex stream of a socket. Each message is a chunk that is read, each chunk that is written a binary message. A
 * stream that nobody reads pauses its socket, and so its client; a client that does not read makes the writer wait.
 * The socket ends the stream, and the stream's end closes the socket.
 *
 * @param options as for `stream.Duplex`; with `readableObjectMode` text is read as strings, and chunks keep their bounds
 */
export function createWebSocketStream(socket: StreamSocket, options: DuplexOptions = {}): Duplex {
  const duplex = new Duplex({
    ...options,
    autoDestroy: false,
    emitClose: false,
    objectMode: false,
    writableObjectMode: false,
    read() {
      if (socket.isPaused) socket.resume();
    },
    write(chunk: Buffer | string, _encoding, callback) {
      socket.send(chunk, callback);
    },
    final(callback) {
      socket.close();
      callback();
      if (duplex.readableEnded) duplex.destroy();
    },
    destroy(error, callback) {
      if (socket.readyState === CLOSED) {
        callback(error);
        process.nextTick(emitClose);
        return;
      }
      socket.once('close', () => {
        callback(error);
        process.nextTick(emitClose);
      });
      if (!failed) socket.terminate();
    },
  });
  let failed = false;
  const emitClose = (): void => {
    duplex.emit('close');
  };
  socket.on('message', (data, isBinary) => {
    if (!duplex.push(!isBinary && duplex.readableObjectMode ? data.toString() : data)) socket.pause();
  });
  socket.once('error', (error) => {
    // It closes by itself, and tells its client why.
    failed = true;
    duplex.destroy(error);
  });
  socket.once('close', () => {
    if (!duplex.destroyed) duplex.push(null);
  });
  // All was read and all was written: there is nothing left to do.
  duplex.on('end', () => {
    if (!duplex.destroyed && duplex.writableFinished) duplex.destroy();
  });
  return duplex;
}

const CLOSED = 3;
