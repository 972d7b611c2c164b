/** A server of graphql-ws: a greeting to query, and numbers to subscribe to. */

// The file that Node takes: Vite would take the other one, and there may be only one `graphql` in a process.
import { GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql/index.js';
import { useServer } from 'graphql-ws/use/ws';
import type { WebSocketServer } from 'ws';
import type { Flow } from './flow.ts';

/** @param onClose told the close code and the reason of each client */
export function serveGraphql(
  wss: WebSocketServer,
  flow: Flow,
  onClose: (code: number, reason: string) => void = () => {},
): void {
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: { greeting: { type: GraphQLString, resolve: () => 'hello' } },
  });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      number: { type: GraphQLInt, subscribe: () => flow.numbers(), resolve: (number: number) => number },
    },
  });
  useServer(
    {
      schema: new GraphQLSchema({ query, subscription }),
      onClose: (_context, code, reason) => {
        onClose(code!, reason!);
      },
    },
    wss,
  );
}
