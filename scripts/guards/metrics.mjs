// Guards of the metrics that are made of a server's numbers.

const file = 'server/src/prometheus.ts';
const metrics = 'server/test/prometheus.test.ts > the metrics of a server';
const apart = `${metrics} > are told apart by server, each as often as it is there`;
const once = `${metrics} > are read once for all of them, each time`;

/** @type {import('./index.mjs').Guard[]} */
export const metricGuards = [
  {
    name: 'two servers are told apart',
    file,
    find: 'if (servers.has(name))',
    replace: 'if (false)',
    scene: apart,
  },
  {
    name: 'who was taken out does not take out another',
    file,
    find: 'if (servers.get(name) === read) servers',
    replace: 'servers',
    scene: apart,
  },
  {
    name: 'a server that has closed is taken out',
    file,
    find: "server.once('close', remove);",
    scene: apart,
  },
  {
    name: 'servers share the metrics of a registry',
    file,
    find: 'if (known?.group) return known.group;',
    scene: apart,
  },
  {
    name: 'all metrics speak of the same instant',
    file,
    find: 'if (this.#read) return this.#read;',
    scene: once,
  },
  {
    name: 'what was read is not told again',
    file,
    find: 'this.#read = undefined;',
    scene: once,
  },
  {
    name: 'a prefix makes names',
    file,
    find: 'if (!/^[a-z_:][\\w:]*$/i.test(prefix))',
    replace: 'if (false)',
    scene: `${metrics} > may stand in several registries, beside the metrics of others, under another prefix`,
  },
  {
    name: 'buckets hold all below them',
    file,
    find: 'value: (total += count),',
    replace: 'value: ((total += count), count),',
    scene: `${metrics} > have the times to a client in buckets that hold all below them, in seconds`,
  },
  {
    name: 'a name that a registry has changed holds',
    file,
    find: 'const { name, help, type, aggregator } = this;',
    replace:
      "const { help, type, aggregator } = this;\n    const name = this.name.replace(/(_total)?$/, '_total');",
    scene: `${metrics} > are OpenMetrics for those who want that`,
  },
];
