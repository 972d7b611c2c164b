/**
 * The table of a connection's life: which event leads from which state to which (`link.ts`), by which move (`turn.ts`).
 * A pure function; the shell around it (`connection.ts`) carries out the effects and reports what happened.
 */
import {
  dialsOf,
  suspiciousAt,
  type Effect,
  type Facts,
  type Life,
  type Link,
  type LinkEvent,
  type LinkOptions,
} from './link.ts';
import { Turn, WAKE_TIMEOUT } from './turn.ts';

/** The next state, and what has to be done, in order. What happens to a forgotten transport changes nothing. */
export function step(life: Life, event: LinkEvent, facts: Facts, options: LinkOptions): [Life, Effect[]] {
  // A page that came back may be in another network: earlier setbacks say nothing about it.
  const memory = event.type === 'wake' ? { ...life.memory, setbacks: 0 } : life.memory;
  const turn = new Turn(memory, facts, options);
  return [next(turn, life, event, facts), turn.effects];
}

function next(turn: Turn, life: Life, event: LinkEvent, facts: Facts): Life {
  const { link } = life;
  if (link.name === 'closed') return life;
  switch (event.type) {
    case 'end':
      turn.drop(...dialsOf(link));
      return turn.to({ name: 'closed' });
    case 'sleep':
      turn.drop(...dialsOf(link));
      return turn.rest(Infinity);
    case 'go-away':
      turn.drop(...dialsOf(link));
      return turn.rest(event.delay);
    default:
      return advance(turn, life, link, event, facts);
  }
}

/** What happens to a connection that goes on. */
function advance(
  turn: Turn,
  life: Life,
  link: Exclude<Link, { name: 'closed' }>,
  event: LinkEvent,
  facts: Facts,
): Life {
  const { now } = facts;
  const id = 'id' in event ? event.id : undefined;

  switch (link.name) {
    case 'waiting':
      if (event.type === 'start' || event.type === 'wake') return turn.connect();
      if (event.type === 'tick' && now >= link.retryAt) return turn.connect();
      return life;

    case 'connecting': {
      if (event.type === 'tick') {
        if (now >= link.deadline) {
          turn.drop(...link.dials);
          return turn.wait();
        }
        return now >= link.hedgeAt ? turn.hedge(link, link.dials) : life;
      }
      const dial = link.dials.find((d) => d.id === id);
      if (!dial) return life;
      const others = link.dials.filter((d) => d !== dial);
      switch (event.type) {
        case 'welcome': {
          if (dial.kind === 'websocket') {
            turn.drop(...others);
            if (!dial.answered) return turn.welcomed(dial, link);
            turn.tell('adopt', dial);
            return turn.open(dial);
          }
          turn.tell('adopt', dial);
          if (!turn.upgrades) turn.drop(...others);
          else if (others[0]) return turn.upgrade(dial, others[0], now);
          // The other kind was tried in this round, and failed.
          else if (link.hedgeAt === Infinity) turn.setBack();
          return turn.open(dial);
        }
        case 'superseded':
          return turn.inDoubt(turn.reattach(dial, ...others), turn.took(link));
        case 'gone':
          return turn.inDoubt(turn.renew(dial, ...others), turn.took(link));
        case 'lost':
          if (others.length > 0) return turn.to({ ...link, dials: others });
          return link.hedgeAt < Infinity ? turn.hedge(link, []) : turn.wait(event.retryAfter);
        default:
          return life;
      }
    }

    case 'untried':
      if (event.type === 'wake') return turn.probe(link.current, link.since, WAKE_TIMEOUT);
      if (event.type === 'speak' || (event.type === 'tick' && now >= suspiciousAt(facts)))
        return turn.ask(link);
      if (event.type === 'superseded' && id === link.current.id)
        return turn.inDoubt(turn.reattach(link.current), link.patience);
      break;

    case 'unproven': {
      const { current, hedge, since } = link;
      if (event.type === 'proven') {
        turn.drop(hedge);
        return turn.open(current, since);
      }
      if (event.type === 'tick' && now >= link.deadline) {
        if (!hedge && turn.other(current.kind)) return turn.doubt(link);
        turn.drop(current);
        return turn.lose(current, since, ...(hedge ? [hedge] : []));
      }
      if (hedge && id === hedge.id) {
        if (event.type === 'welcome') {
          turn.tell('adopt', hedge);
          turn.drop(current);
          turn.setBack();
          return turn.open(hedge);
        }
        // No help from there: the answer comes, or this one is lost too.
        turn.drop(hedge);
        return turn.asked(current, since, link.deadline);
      }
      if (id !== current.id) return life;
      if (event.type === 'lost') return turn.lose(current, since, ...(hedge ? [hedge] : []));
      if (event.type === 'gone') return turn.renew(current, hedge);
      if (!hedge) return turn.inDoubt(turn.reattach(current), link.deadline - now);
      // The server has moved on to the other one, whose welcome is on its way.
      turn.drop(current);
      turn.setBack();
      return turn.connecting([hedge]);
    }

    case 'open':
      if (event.type === 'wake') return turn.probe(link.current, link.since, WAKE_TIMEOUT);
      if (event.type === 'tick') {
        if (now >= suspiciousAt(facts)) return turn.probe(link.current, link.since);
        if (now < link.upgradeAt || facts.midway) return life;
        return turn.upgrade(link.current, turn.dial('websocket', true), link.since);
      }
      break;

    case 'probing':
      if (event.type === 'proven') return turn.open(link.current, link.since);
      if (event.type === 'tick' && now >= link.deadline) {
        const patient = turn.waitLonger(link);
        if (patient) return patient;
        turn.drop(link.current);
        return turn.lose(link.current, link.since);
      }
      break;

    case 'upgrading':
    case 'claiming': {
      const { current, candidate, since } = link;
      const isDoubtful = event.type === 'tick' && link.name === 'upgrading' && now >= suspiciousAt(facts);
      if (event.type === 'wake' || isDoubtful) {
        turn.drop(candidate);
        return turn.probe(current, since, event.type === 'wake' ? WAKE_TIMEOUT : undefined);
      }
      if (id === current.id) {
        if (event.type === 'lost') return turn.lose(current, since, candidate);
        if (event.type === 'gone') return turn.renew(current, candidate);
        // The claim supersedes it: that is what it is for.
        if (link.name === 'claiming') return life;
        turn.drop(candidate);
        return turn.reattach(current);
      }
      if (event.type !== 'tick' && id !== candidate.id) return life;
      if (event.type === 'tick' && now < link.deadline) return life;
      if (event.type === 'superseded') return turn.claim(link);
      if (event.type === 'welcome') {
        // Before the claim it is the answer to an attach that another has overtaken since.
        if (link.name === 'upgrading') return life;
        turn.tell('adopt', candidate);
        turn.drop(current);
        return turn.open(candidate);
      }
      // Too slow, lost, or on another server that has no such session: it lives on where it is.
      turn.drop(candidate);
      turn.setBack();
      return link.name === 'claiming' ? turn.reattach(current) : turn.open(current, since);
    }
  }

  if (id !== link.current.id) return life;
  if (event.type === 'lost') return turn.lose(link.current, link.since);
  return event.type === 'gone' ? turn.renew(link.current) : turn.reattach(link.current);
}
