/**
 * The shell around a connection's life: it tells `step` what happened, carries out what `step` decides, and wakes it when
 * something is due. All that is asynchronous on the client meets here and in what it is made of (`carriage.ts`,
 * `conversation.ts`); all that is decided is decided elsewhere.
 */
import { alarm } from './alarm.ts';
import { Carriage } from './carriage.ts';
import { diagnose } from './diagnostics.ts';
import { beginning, deadline, type Effect, type Life, type LinkEvent } from './link.ts';
import { step } from './step.ts';

export class Connection extends Carriage {
  readonly #events: LinkEvent[] = [];
  #life: Life = { ...beginning, memory: { ...beginning.memory, setbacks: this.dialling.setbacks } };
  readonly #wakeAt = alarm(this.env, () => {
    this.#tick();
  });
  /** The page has ended: nobody is to be told. */
  #hasLeft = false;
  readonly #unlisten = this.env.page.listen({
    wake: (change) => {
      if (change) this.env.sparing?.moved();
      this.dispatch({ type: 'wake' });
    },
    sleep: () => {
      this.dispatch({ type: 'sleep' });
    },
    end: () => {
      this.#hasLeft = true;
      this.quit();
      this.over(true);
    },
  });

  start(): void {
    this.dispatch({ type: 'start' });
  }

  get link() {
    return this.#life.link;
  }

  reconnect(): void {
    this.env.sparing?.moved();
    this.loseAll('reconnect was called');
    this.dispatch({ type: 'wake' });
  }

  /** Events are taken one after the other, even those that happen while an effect is carried out. */
  protected dispatch(event: LinkEvent): void {
    if (this.#events.push(event) > 1) return;
    const before = this.#life.link.name;
    for (let next; (next = this.#events[0]); this.#events.shift()) {
      const { facts } = this;
      const [after, effects] = step(this.#life, next, facts, this.options.link);
      const taken = { before: this.#life, event: next, facts, after, effects };
      this.env.watch?.(this, taken);
      this.#life = after;
      const verdict = diagnose(taken);
      if (verdict) this.owner.diagnosed(verdict);
      for (const effect of effects) this.#carryOut(effect);
    }
    this.dialling.keep(this.#life.memory.setbacks);
    if (this.#life.link.name !== before && !this.#hasLeft) this.owner.changed();
    this.arm();
  }

  protected arm(): void {
    const { phase } = this;
    const patience = phase.name === 'closing' ? phase.deadline : Infinity;
    this.#wakeAt(Math.min(deadline(this.#life, this.facts), this.ackAt, patience));
  }

  protected leave(delay: number): void {
    this.closeCurrent();
    this.dispatch({ type: 'go-away', delay });
  }

  protected over(pageEnds?: boolean): void {
    this.#unlisten();
    this.closeCurrent(pageEnds);
    this.dispatch({ type: 'end' });
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
        this.dial(effect.dial, effect.standby);
        return;
      case 'renew':
        this.renew();
        return;
      case 'give-up':
        this.fail();
        return;
      default:
        this.act(effect.do, effect.dial);
    }
  }

  #tick(): void {
    const { phase } = this;
    const now = this.env.now();
    if (phase.name === 'closing' && now >= phase.deadline) {
      this.fail();
      return;
    }
    if (this.session.ackDueAt <= now) this.pump();
    this.dispatch({ type: 'tick' });
  }
}
