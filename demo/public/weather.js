/**
 * The switches. Each button in the page names what it does: `data-fault` and `data-value` are a fault of the proxy and its
 * value while the button is pressed; `data-action` is something that happens once. The server tells what is so, and the
 * buttons only show it: several pages can share one weather.
 */

export class Weather {
  /** @type {HTMLButtonElement[]} */
  #buttons;
  /** @type {Record<string, unknown>} */
  #clear;
  #report;

  /**
   * @param {HTMLElement} panel Holds the buttons.
   * @param {Record<string, unknown>} clear The faults in clear weather.
   * @param {{
   *   begin: (label: string) => void,
   *   end: (label: string) => void,
   *   cut: (connections: number) => void,
   *   restart: () => void,
   *   restarted: () => void,
   * }} report
   */
  constructor(panel, clear, report) {
    this.#buttons = [...panel.querySelectorAll('button')];
    this.#clear = clear;
    this.#report = report;
    for (const button of this.#buttons) button.addEventListener('click', () => void this.#press(button));

    const events = new EventSource('/control/events');
    events.addEventListener('weather', ({ data }) => this.#show(JSON.parse(data)));
    events.addEventListener('cut', ({ data }) => report.cut(JSON.parse(data).connections));
    events.addEventListener('restart', () => report.restart());
    events.addEventListener('restarted', () => report.restarted());
  }

  /** @param {HTMLButtonElement} button */
  async #press(button) {
    const { fault, value, action } = button.dataset;
    if (action) {
      await post(action, {});
    } else if (fault && value) {
      const pressed = isPressed(button);
      await post('weather', { [fault]: pressed ? this.#clear[fault] : JSON.parse(value) });
      // What happens to upgrades is seen at the next one, so there has to be a next one.
      if (fault === 'upgrade' && !pressed) await post('cut', {});
    }
  }

  /** @param {Record<string, unknown>} faults */
  #show(faults) {
    for (const button of this.#buttons) {
      const { fault, value, label = '' } = button.dataset;
      if (!fault || !value) continue;
      const pressed = faults[fault] === JSON.parse(value);
      if (pressed === isPressed(button)) continue;
      button.setAttribute('aria-pressed', String(pressed));
      if (pressed) this.#report.begin(label);
      else this.#report.end(label);
    }
  }
}

/** @param {HTMLButtonElement} button */
const isPressed = (button) => button.getAttribute('aria-pressed') === 'true';

/**
 * @param {string} action
 * @param {unknown} body
 */
function post(action, body) {
  return fetch(`/control/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}
