/** The figures: every element with `data-figure` shows the one of that name. */

export const transportNames = {
  websocket: 'WebSocket',
  streaming: 'HTTP streaming',
  polling: 'long-polling',
};

export class Figures {
  #root;
  #socket;
  #conversation;
  /** @type {HTMLElement[]} */
  #elements;
  #earlierRuns;

  /**
   * @param {HTMLElement} root
   * @param {import('@holdfast/client').HoldfastSocket} socket
   * @param {import('./conversation.js').Conversation} conversation
   */
  constructor(root, socket, conversation) {
    this.#root = root;
    this.#socket = socket;
    this.#conversation = conversation;
    this.#elements = [...root.querySelectorAll('[data-figure]')].map(
      (each) => /** @type {HTMLElement} */ (each),
    );
    this.#earlierRuns = /** @type {HTMLTableSectionElement} */ (root.querySelector('#earlier-runs'));
  }

  show() {
    const figures = this.#current();
    this.#root.dataset['transport'] = this.#socket.transport ?? 'none';
    for (const element of this.#elements) {
      const { figure = '' } = element.dataset;
      const text = String(figures[figure] ?? '–');
      // Unchanged text is left alone, for the sake of whoever has selected it.
      if (element.textContent !== text) element.textContent = text;
      element.toggleAttribute('data-bad', 'fault' in element.dataset && text !== '0');
    }
    this.#showEarlierRuns();
  }

  /** @returns {Record<string, string | number>} */
  #current() {
    const { run } = this.#conversation;
    const { up, answers, down } = run;
    const { latency, transport, bufferedAmount, state } = this.#socket;
    return {
      state: state.name,
      transport: transport ? transportNames[transport] : 'no transport',
      'round-trip': inMilliseconds(latency),
      'answer-time': inMilliseconds(this.#conversation.answerTime),
      queued: `${bufferedAmount} B`,
      unanswered: run.unanswered,
      run: run.number,
      sent: run.sent,
      received: answers.received + down.received,
      lost: up.lost + answers.lost + down.lost,
      doubled: up.doubled + answers.doubled + down.doubled,
      'out-of-order': up.outOfOrder + answers.outOfOrder + down.outOfOrder,
      'up.sent': run.sent,
      'up.received': up.received,
      'up.lost': up.lost,
      'up.doubled': up.doubled,
      'up.out-of-order': up.outOfOrder,
      'answers.sent': up.received,
      'answers.received': answers.received,
      'answers.lost': answers.lost,
      'answers.doubled': answers.doubled,
      'answers.out-of-order': answers.outOfOrder,
      'down.sent': down.highest,
      'down.received': down.received,
      'down.lost': down.lost,
      'down.doubled': down.doubled,
      'down.out-of-order': down.outOfOrder,
    };
  }

  #showEarlierRuns() {
    const runs = this.#conversation.runs.slice(0, -1);
    this.#root.toggleAttribute('data-has-earlier-runs', runs.length > 0);
    while (this.#earlierRuns.rows.length < runs.length) {
      const row = this.#earlierRuns.insertRow(0);
      for (let cell = 0; cell < 6; cell++) row.insertCell();
    }
    for (const [index, run] of runs.entries()) {
      const row = this.#earlierRuns.rows[runs.length - 1 - index];
      const { sent, inDoubt, answers, unanswered, down } = run;
      for (const [at, value] of [
        run.number,
        sent,
        inDoubt,
        unanswered,
        answers.doubled,
        down.received,
      ].entries()) {
        const cell = row?.cells[at];
        if (cell && cell.textContent !== String(value)) cell.textContent = String(value);
      }
    }
  }
}

/** @param {number | undefined} time */
function inMilliseconds(time) {
  if (time === undefined || Number.isNaN(time)) return '–';
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}
