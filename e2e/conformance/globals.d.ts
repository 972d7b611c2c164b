/** What `harness.js` gives the scripts that hold the tests. */

/* eslint-disable @typescript-eslint/no-explicit-any -- the tests do with sockets what types forbid */

/** One test's tools: see `harness.js`. */
interface ConformanceScene {
  readonly Socket: any;
  readonly at: string;
  url(query?: string): string;
  create(...args: unknown[]): any;
  connect(query?: string, ...rest: unknown[]): any;
  open(query?: string, ...rest: unknown[]): Promise<any>;
  event(socket: any, type: string): Promise<any>;
  echo(socket: any, data: unknown): Promise<any>;
  story(socket: any): Promise<string[]>;
  task(): Promise<unknown>;
  equal(actual: unknown, expected: unknown, what?: string): void;
  same(actual: unknown, expected: unknown, what?: string): void;
  throws(expected: unknown, attempt: () => unknown, what?: string): void;
}

declare function section(
  name: string,
  define: (test: (name: string, run: (t: ConformanceScene) => unknown) => void) => void,
): void;
