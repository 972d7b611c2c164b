/**
 * `@holdfast/server/prometheus`: the numbers of servers as metrics in a registry of `prom-client`. Nothing of that package is
 * imported: a registry takes anything that has the shape of its metrics.
 */
import type { ByCode, Stats } from './stats.ts';

/** The part of `prom-client`'s Registry that is used. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
}

/** The part of a HoldfastServer that is used. */
export interface Measured {
  readonly path: string;
  stats(): Stats;
  once(event: 'close', listener: () => void): unknown;
}

export interface PrometheusOptions {
  /** Where the metrics go: `register` of `prom-client`, or a Registry of your own. */
  readonly register: MetricsRegistry;
  /** What the names of all metrics begin with. @default 'holdfast_' */
  readonly prefix?: string | undefined;
  /** The value of the label `server`, by which the servers of one registry are told apart. @default the server's path */
  readonly name?: string | undefined;
}

/**
 * Adds a server to the metrics of a registry, until it has closed. It is asked for its `stats()` once each time that the
 * registry is, whatever the number of metrics. No label has anything in it that says who a client is.
 *
 * @returns what takes it out again
 * @throws TypeError for a name that another server has there, and for a prefix that no metric may have
 */
export function prometheus(
  server: Measured,
  { register, prefix = 'holdfast_', name = server.path }: PrometheusOptions,
): () => void {
  if (!/^[a-z_:][\w:]*$/i.test(prefix))
    throw new TypeError(`no metric's name may begin with ${JSON.stringify(prefix)}`);
  const { servers } = groupIn(register, prefix);
  if (servers.has(name))
    throw new TypeError(`the registry has a server ${JSON.stringify(name)} already: give each a name`);
  const read = (): Stats => server.stats();
  servers.set(name, read);
  const remove = (): void => {
    if (servers.get(name) === read) servers.delete(name);
  };
  server.once('close', remove);
  return remove;
}

type Labels = Readonly<Record<string, string | number>>;

interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  /** What the name of the metric ends with here. */
  readonly suffix?: string;
}

interface Definition {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly samples: (stats: Stats) => readonly Sample[];
}

/** The servers that share a registry and a prefix. */
class Group {
  readonly servers = new Map<string, () => Stats>();
  #read: readonly (readonly [name: string, stats: Stats])[] | undefined;

  /** What all say: a registry asks its metrics one after the other in one go, and all of them are to speak of the same instant. */
  read(): readonly (readonly [name: string, stats: Stats])[] {
    if (this.#read) return this.#read;
    queueMicrotask(() => {
      this.#read = undefined;
    });
    return (this.#read = [...this.servers].map(([name, read]) => [name, read()]));
  }
}

/** A metric as a registry of `prom-client` knows it. */
class Metric {
  /** A registry that speaks OpenMetrics changes it. */
  name: string;
  readonly help: string;
  readonly type: Definition['type'];
  /** How the workers of a cluster are put together. */
  readonly aggregator = 'sum';
  readonly group: Group;
  readonly #samples: Definition['samples'];

  constructor(prefix: string, { name, help, type, samples }: Definition, group: Group) {
    this.name = prefix + name;
    this.help = help;
    this.type = type;
    this.group = group;
    this.#samples = samples;
  }

  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = this.group.read().flatMap(([server, stats]) =>
      this.#samples(stats).map(({ value, labels, suffix }) => ({
        value,
        labels: { server, ...labels },
        ...(suffix && { metricName: name + suffix }),
      })),
    );
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  /** Nothing: a server's numbers are its own. */
  reset(): void {}
}

/** The group whose metrics are in a registry; they are put there if they are not. */
function groupIn(register: MetricsRegistry, prefix: string): Group {
  const known = register.getSingleMetric(`${prefix}sessions`) as Partial<Metric> | undefined;
  if (known?.group) return known.group;
  const group = new Group();
  for (const each of METRICS) register.registerMetric(new Metric(prefix, each, group) as never);
  return group;
}

const one = (value: number): readonly Sample[] => [{ value }];

const by = (label: string, counts: ByCode | object): readonly Sample[] =>
  Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value: value as number }));

const METRICS: readonly Definition[] = [
  {
    name: 'sessions',
    type: 'gauge',
    help: 'Sessions that are not over, by what carries them; away: the client is expected back.',
    samples: ({ sessions }) => by('transport', sessions),
  },
  {
    name: 'plain_websockets',
    type: 'gauge',
    help: 'WebSockets that do not speak Holdfast.',
    samples: ({ plain }) => one(plain.open),
  },
  {
    name: 'unattached_clients',
    type: 'gauge',
    help: 'Requests and WebSockets without a session.',
    samples: ({ unattached }) => one(unattached.clients),
  },
  {
    name: 'unattached_bytes',
    type: 'gauge',
    help: 'Bytes of bodies that are not all here.',
    samples: ({ unattached }) => one(unattached.bytes),
  },
  {
    name: 'queued_messages',
    type: 'gauge',
    help: 'Messages that are kept until clients acknowledge them.',
    samples: ({ queued }) => one(queued.messages),
  },
  {
    name: 'queued_bytes',
    type: 'gauge',
    help: 'Bytes of messages that are kept until clients acknowledge them.',
    samples: ({ queued }) => one(queued.bytes),
  },
  {
    name: 'unsent_bytes',
    type: 'gauge',
    help: 'Bytes that wait for clients and that no network has yet.',
    samples: ({ queued }) => one(queued.unsent),
  },
  {
    name: 'remembered_sessions',
    type: 'gauge',
    help: 'Sessions that are over, and whose clients would still hear how they ended.',
    samples: ({ remembered }) => one(remembered),
  },
  {
    name: 'attaches_total',
    type: 'counter',
    help: 'Attaches, by how they were answered.',
    samples: ({ attaches }) => by('result', attaches),
  },
  {
    name: 'refusals_total',
    type: 'counter',
    help: 'Attaches that were refused, by close code.',
    samples: ({ refusals }) => by('code', refusals),
  },
  {
    name: 'turned_away_total',
    type: 'counter',
    help: 'Clients for whom there was no room, or nobody who could decide, by why.',
    samples: ({ turnedAway }) => by('reason', turnedAway),
  },
  {
    name: 'supersedes_total',
    type: 'counter',
    help: 'Sessions that one transport took from another that was still there.',
    samples: ({ supersedes }) => one(supersedes),
  },
  {
    name: 'replayed_messages_total',
    type: 'counter',
    help: 'Messages that were sent again to clients who came back.',
    samples: ({ replayed }) => one(replayed),
  },
  {
    name: 'session_ends_total',
    type: 'counter',
    help: 'Sessions that ended, by how.',
    samples: ({ ends }) => by('how', ends),
  },
  {
    name: 'session_closes_total',
    type: 'counter',
    help: 'Sessions that ended, by close code.',
    samples: ({ closes }) => by('code', closes),
  },
  {
    name: 'dropped_messages_total',
    type: 'counter',
    help: 'Messages to clients whose arrival was never confirmed, by what became of their session.',
    samples: ({ dropped }) => by('reason', dropped),
  },
  {
    name: 'messages_total',
    type: 'counter',
    help: 'Messages of sessions.',
    samples: ({ received, sent }) => by('direction', { received: received.messages, sent: sent.messages }),
  },
  {
    name: 'message_bytes_total',
    type: 'counter',
    help: 'Bytes of messages of sessions.',
    samples: ({ received, sent }) => by('direction', { received: received.bytes, sent: sent.bytes }),
  },
  {
    name: 'plain_opens_total',
    type: 'counter',
    help: 'WebSockets that do not speak Holdfast and opened.',
    samples: ({ plain }) => one(plain.opened),
  },
  {
    name: 'plain_refusals_total',
    type: 'counter',
    help: 'WebSockets that do not speak Holdfast and were refused by the application.',
    samples: ({ plain }) => one(plain.refused),
  },
  {
    name: 'plain_closes_total',
    type: 'counter',
    help: 'WebSockets that do not speak Holdfast and ended, by close code.',
    samples: ({ plain }) => by('code', plain.closes),
  },
  {
    name: 'round_trip_seconds',
    type: 'histogram',
    help: 'Times to a client and back.',
    samples: ({ roundTrips: { bounds, counts, sum } }) => {
      let total = 0;
      const buckets = counts.map((count, i) => ({
        value: (total += count),
        labels: { le: i < bounds.length ? (bounds[i] as number) / 1000 : '+Inf' },
        suffix: '_bucket',
      }));
      return [...buckets, { value: sum / 1000, suffix: '_sum' }, { value: total, suffix: '_count' }];
    },
  },
];
