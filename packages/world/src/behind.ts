/** What stands behind a server's socket: programs do not see it, and scenes have to look. */
import type { Connection } from '../../server/src/connection.ts';
import type { ServerSocket } from '../../server/src/face.ts';
import { HoldfastServerSocket } from '../../server/src/socket.ts';

export function behind(socket: ServerSocket | undefined): Connection {
  const connection = socket && HoldfastServerSocket.connectionOf(socket);
  if (!connection) throw new Error('not the socket of a session');
  return connection;
}
