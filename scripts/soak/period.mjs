/** One period of a soak: all that may happen, in the same order each time, and then calm. */

import { passed, PATIENCE, TALKERS } from './plan.mjs';

/** Between two looks at what is there, in ms. */
const LOOK = 200;
/** How often memory is looked at; the least counts. */
const LOOKS = 5;

/**
 * @typedef {object} Scene
 * @property {import('./part.mjs').Part} server
 * @property {import('./part.mjs').Part} clients
 * @property {import('@holdfast/fault-proxy').FaultProxy[]} lines
 * @property {import('./plan.mjs').Where} where
 * @property {(shouldCollect?: boolean) => Promise<import('./verdict.mjs').Moment>} moment
 */

export class Period {
  #scene;

  /** @param {Scene} scene */
  constructor(scene) {
    this.#scene = scene;
  }

  /** @returns {Promise<import('./verdict.mjs').Ending[]>} the lives of the server that ended in it */
  async run() {
    const { server, clients, lines, where } = this.#scene;
    await clients.call('talk');
    const strangers = Promise.all([clients.call('abandon', where), clients.call('beHostile', where)]);
    for (const line of lines) {
      await passed(700);
      line.cut();
    }
    await passed(700);
    for (const line of lines) line.cut();
    await Promise.all([clients.call('readSlowly', where), server.call('pause', { every: 3, ms: 2000 })]);
    await clients.call('flood', where);
    await strangers;
    await this.#until(({ server: { sessions } }) => sessions.away === 0);
    const { left, life } = await server.call('drain');
    await clients.call('back', life);
    const { life: next } = await server.call('die');
    await clients.call('back', next);
    await clients.call('hush');
    return [
      { how: 'drain', left },
      { how: 'die', left: 0 },
    ];
  }

  /**
   * Waits until only so many clients are there, and nothing is under way; gives what is there then. It gives up after a
   * while: what is there all the same is for the verdict.
   */
  async calm(talkers = TALKERS) {
    const { moment } = this.#scene;
    const calm = await this.#until(({ server, clients }) => {
      const { sessions, queued, unattached, plain } = server;
      const all = Object.values(sessions).reduce((sum, count) => sum + count, 0);
      return (
        all === talkers &&
        sessions.away + queued.messages + unattached + plain === 0 &&
        server.sockets === talkers &&
        clients.sockets === talkers &&
        (talkers > 0 || server.timers + clients.timers === 0)
      );
    });
    for (let i = 0; i < LOOKS; i++) {
      const now = await moment(true);
      for (const end of /** @type {const} */ (['server', 'clients']))
        calm[end].memory = i === 0 ? now[end].memory : Math.min(calm[end].memory, now[end].memory);
      await passed(LOOK);
    }
    return calm;
  }

  /** @param {(moment: import('./verdict.mjs').Moment) => boolean} isTrue */
  async #until(isTrue) {
    const { moment } = this.#scene;
    for (const end = performance.now() + PATIENCE; ; await passed(LOOK)) {
      const now = await moment();
      if (isTrue(now) || performance.now() > end) return now;
    }
  }
}
