/**
 * Why a connection is as it is. Each step of its life that decides something about the network has a reason here, which a
 * program can tell apart and a person can be told.
 */
import type { Step } from './environment.ts';
import { dialsOf, type Kind } from './link.ts';
import { YOUNG } from './turn.ts';

/** What was found out, or decided. `docs/diagnostics.md` says what usually causes each, and what to do. */
export type DiagnosticReason =
  /** No WebSocket could be opened: refused, or no way there. */
  | 'websocket-failed'
  /** A WebSocket was not answered within `fallbackDelay`; HTTP started beside it. */
  | 'websocket-slow'
  /** A WebSocket opened, and nothing shows that what is sent on it arrives. */
  | 'websocket-mute'
  /** A WebSocket was lost within seconds. It is not the first choice for a while. */
  | 'websocket-died-young'
  /** HTTP did not get through. */
  | 'http-failed'
  | 'http-slow'
  /** Nothing got through in a whole round of connecting. */
  | 'unreachable'
  /** A WebSocket took over from HTTP, or could not. */
  | 'upgraded'
  | 'upgrade-failed'
  /** The transport that was in use broke. */
  | 'link-lost'
  /** Nothing came for too long: a ping asks. Then: it was not answered. */
  | 'link-silent'
  | 'link-dead'
  /** Something holds responses back until they end: polling instead of streaming. */
  | 'responses-held'
  /** Something ends requests that wait: they wait for less. */
  | 'requests-limited'
  /** Something takes no larger bodies (413): batches are cut smaller. */
  | 'bodies-limited'
  /** 503 or 429, with the pause that was asked for. */
  | 'busy'
  /** What answered is no Holdfast server: a captive portal, another path, a server that knows nothing of us. */
  | 'not-holdfast'
  /** The server has lost the session; a new one begins. */
  | 'session-lost'
  /** The server refused the client, for good. */
  | 'refused'
  /** The server asked its clients to come back later. */
  | 'server-drains'
  /** The page, or its network, went away, or came back. */
  | 'page-away'
  | 'page-back';

/** One verdict. */
export interface Diagnostic {
  /** When, in ms since the epoch. */
  readonly at: number;
  readonly reason: DiagnosticReason;
  /** What it is about: streaming and polling are both 'http'. */
  readonly transport: Kind | undefined;
  /** In words, with the figures there are. */
  readonly detail: string;
}

/** A verdict before it has its time. */
export type Verdict = Omit<Diagnostic, 'at'>;

export const verdict = (reason: DiagnosticReason, transport?: Kind, detail = ''): Verdict => ({
  reason,
  transport,
  detail,
});

/** What a step tells about the network; undefined for one that tells nothing. */
export function diagnose(step: Step): Verdict | undefined {
  const { before, event, facts, after, effects } = step;
  const { link } = before;
  const dial = 'id' in event ? dialsOf(link).find(({ id }) => id === event.id) : undefined;
  switch (event.type) {
    case 'sleep':
      return verdict('page-away');
    case 'wake':
      return verdict('page-back');
    case 'go-away':
      return verdict('server-drains', undefined, `for ${Math.round(event.delay)} ms`);
    case 'welcome':
      return link.name === 'claiming' && dial === link.candidate
        ? verdict('upgraded', 'websocket')
        : undefined;
    case 'gone':
      return effects.some((effect) => effect.do === 'renew')
        ? verdict('session-lost', dial?.kind)
        : undefined;
    case 'lost': {
      if (!dial) return undefined;
      const { verdict: found, reason } = event;
      if (found) return verdict(found, dial.kind, reason);
      if (link.name === 'connecting') return verdict(`${dial.kind}-failed`, dial.kind, reason);
      if (!('current' in link) || dial !== link.current) {
        return verdict(link.name === 'unproven' ? 'http-failed' : 'upgrade-failed', dial.kind, reason);
      }
      const isYoung = dial.kind === 'websocket' && facts.now - link.since < YOUNG;
      return verdict(isYoung ? 'websocket-died-young' : 'link-lost', dial.kind, reason);
    }
    case 'tick':
      if (after === before) return undefined;
      switch (link.name) {
        case 'connecting':
          if (after.link.name !== 'connecting') return verdict('unreachable');
          return verdict(`${link.dials[0]?.kind ?? 'http'}-slow`, link.dials[0]?.kind);
        case 'unproven':
          return verdict('websocket-mute', 'websocket');
        case 'untried':
        case 'open':
          return after.link.name === 'upgrading' ? undefined : verdict('link-silent', link.current.kind);
        case 'probing':
          return after.link.name === 'probing' ? undefined : verdict('link-dead', link.current.kind);
        case 'upgrading':
        case 'claiming':
          return after.link.name === 'probing'
            ? verdict('link-silent', 'http')
            : verdict('upgrade-failed', 'websocket', 'no answer');
        default:
          return undefined;
      }
    default:
      return undefined;
  }
}
