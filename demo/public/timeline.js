/**
 * The last seconds, drawn: a lane for each transport and one for none, a band where the session was carried, a tick for each
 * message (from the page above the line, from the server below it, its answers shorter), and above all the weather. Now is
 * at the right.
 */

const lanes = /** @type {const} */ (['websocket', 'streaming', 'polling', 'none']);
/** @typedef {(typeof lanes)[number]} Lane */

const laneNames = {
  websocket: 'WebSocket',
  streaming: 'HTTP streaming',
  polling: 'long-polling',
  none: 'no transport',
};

/** @typedef {{ startedAt: number, endedAt: number }} Span */

/** The custom properties of the style sheet by which everything is drawn. @param {(name: string) => string} valueOf */
const colours = (valueOf) => ({
  websocket: valueOf('websocket'),
  streaming: valueOf('streaming'),
  polling: valueOf('polling'),
  none: valueOf('none'),
  ink: valueOf('ink'),
  faint: valueOf('faint'),
  line: valueOf('line'),
  weather: valueOf('weather'),
});

const rowHeight = 18;
/** Rows for weather that lasts; one more, below them, is for what happens in a moment. */
const weatherRows = 3;
const lanesTop = (weatherRows + 1) * rowHeight;
const axisHeight = 22;
const nameWidth = 116;
/** Below this width the names stand inside the lanes, and the time shown is shorter. */
const narrowWidth = 560;

export class Timeline {
  #canvas;
  #context;
  /** @type {(Span & { lane: Lane })[]} */
  #carried;
  /** @type {{ at: number, lane: Lane, kind: import('./conversation.js').MessageKind }[]} */
  #ticks = [];
  /** @type {(Span & { label: string, row: number })[]} */
  #weather = [];
  /** @type {{ at: number, label: string }[]} */
  #moments = [];
  #colours = {
    websocket: '',
    streaming: '',
    polling: '',
    none: '',
    ink: '',
    faint: '',
    line: '',
    weather: '',
  };
  #width = 0;
  #height = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.#carried = [{ lane: 'none', startedAt: performance.now(), endedAt: Infinity }];
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#resize());
    this.#resize();
  }

  /**
   * The session is carried by this transport from now on.
   *
   * @param {Lane} lane
   */
  carry(lane) {
    if (lane === this.#lane) return;
    const now = performance.now();
    const last = this.#carried.at(-1);
    if (last) last.endedAt = now;
    this.#carried.push({ lane, startedAt: now, endedAt: Infinity });
    this.#canvas.setAttribute(
      'aria-label',
      `The last seconds: which transport carried what. Now: ${laneNames[lane]}.`,
    );
  }

  /** @param {import('./conversation.js').MessageKind} kind */
  tick(kind) {
    this.#ticks.push({ at: performance.now(), lane: this.#lane, kind });
  }

  /** @param {string} label */
  beginWeather(label) {
    const taken = this.#weather.filter(({ endedAt }) => endedAt === Infinity).map(({ row }) => row);
    const row = [...Array(weatherRows).keys()].find((each) => !taken.includes(each)) ?? weatherRows - 1;
    this.#weather.push({ label, row, startedAt: performance.now(), endedAt: Infinity });
  }

  /** @param {string} label */
  endWeather(label) {
    const span = this.#weather.find((each) => each.label === label && each.endedAt === Infinity);
    if (span) span.endedAt = performance.now();
  }

  /** @param {string} label */
  mark(label) {
    this.#moments.push({ at: performance.now(), label });
  }

  draw() {
    const now = performance.now();
    this.#forget(now - this.#duration);
    const context = this.#context;
    context.clearRect(0, 0, this.#width, this.#height);
    this.#drawLanes();
    context.save();
    context.beginPath();
    context.rect(this.#left, 0, this.#width - this.#left, this.#height);
    context.clip();
    this.#drawAxis();
    this.#drawShade(now);
    for (const span of this.#weather) this.#drawWeather(span, now);
    for (const span of this.#carried) this.#drawCarried(span, now);
    for (const tick of this.#ticks) this.#drawTick(tick, now);
    this.#drawMoments(now);
    context.restore();
  }

  get #lane() {
    return this.#carried.at(-1)?.lane ?? 'none';
  }

  get #narrow() {
    return this.#width < narrowWidth;
  }

  get #left() {
    return this.#narrow ? 0 : nameWidth;
  }

  /** How much time is shown, in milliseconds. */
  get #duration() {
    return this.#narrow ? 10_000 : 20_000;
  }

  get #laneHeight() {
    return (this.#height - lanesTop - axisHeight) / lanes.length;
  }

  /**
   * @param {number} at
   * @param {number} now
   */
  #x(at, now) {
    const age = Math.max(now - at, 0);
    return this.#width - (age / this.#duration) * (this.#width - this.#left);
  }

  /**
   * The line on which a lane's messages stand.
   *
   * @param {Lane} lane
   */
  #y(lane) {
    const middle = lanesTop + (lanes.indexOf(lane) + 0.5) * this.#laneHeight;
    return this.#narrow ? middle + 7 : middle;
  }

  /** How far a lane's band reaches above and below its line. */
  get #reach() {
    return Math.min(this.#laneHeight / 2 - (this.#narrow ? 9 : 7), 17);
  }

  /** @param {number} before */
  #forget(before) {
    const kept = (/** @type {Span} */ { endedAt }) => endedAt > before;
    this.#carried = this.#carried.filter(kept);
    this.#weather = this.#weather.filter(kept);
    this.#ticks = this.#ticks.filter(({ at }) => at > before);
    // A moment's label reaches to its right, and must not vanish at once with its line.
    this.#moments = this.#moments.filter(({ at }) => at > before - 5000);
  }

  #resize() {
    const { width, height } = this.#canvas.getBoundingClientRect();
    const scale = devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#width = width;
    this.#height = height;
    const style = getComputedStyle(this.#canvas);
    this.#colours = colours((name) => style.getPropertyValue(`--${name}`));
    this.#context.font = `12px ${style.fontFamily}`;
    this.#context.textBaseline = 'middle';
    this.draw();
  }

  #drawLanes() {
    const context = this.#context;
    for (const lane of lanes) {
      const y = this.#y(lane);
      context.fillStyle = this.#colours.line;
      context.fillRect(this.#left, Math.round(y), this.#width, 1);
      context.fillStyle = lane === this.#lane ? this.#colours.ink : this.#colours.faint;
      context.textAlign = this.#narrow ? 'left' : 'right';
      if (this.#narrow) context.fillText(laneNames[lane], 2, y - this.#reach - 7);
      else context.fillText(laneNames[lane], nameWidth - 14, y);
    }
  }

  #drawAxis() {
    const context = this.#context;
    const seconds = this.#duration / 1000;
    context.fillStyle = this.#colours.faint;
    context.textAlign = 'center';
    for (let second = 5; second < seconds; second += 5) {
      const x = this.#width - (second / seconds) * (this.#width - this.#left);
      context.fillText(`${second} s`, x, this.#height - axisHeight / 2 + 2);
    }
    context.textAlign = 'right';
    context.fillText('now', this.#width, this.#height - axisHeight / 2 + 2);
  }

  /**
   * @param {Span & { lane: Lane }} span
   * @param {number} now
   */
  #drawCarried({ lane, startedAt, endedAt }, now) {
    const context = this.#context;
    const left = this.#x(startedAt, now);
    context.globalAlpha = 0.16;
    context.fillStyle = this.#colours[lane];
    context.beginPath();
    context.roundRect(
      left,
      this.#y(lane) - this.#reach,
      Math.max(this.#x(endedAt, now) - left, 1.5),
      2 * this.#reach,
      4,
    );
    context.fill();
    context.globalAlpha = 1;
  }

  /**
   * @param {{ at: number, lane: Lane, kind: import('./conversation.js').MessageKind }} tick
   * @param {number} now
   */
  #drawTick({ at, lane, kind }, now) {
    const context = this.#context;
    const y = this.#y(lane);
    const length = (this.#reach - 3) * (kind === 'answer' ? 0.5 : 1);
    context.fillStyle = this.#colours[lane];
    context.globalAlpha = kind === 'up' ? 1 : 0.7;
    context.fillRect(this.#x(at, now) - 0.5, kind === 'up' ? y - length : y + 1, 1, length);
    context.globalAlpha = 1;
  }

  /**
   * Shades the lanes while there is any weather, however many kinds of it.
   *
   * @param {number} now
   */
  #drawShade(now) {
    const context = this.#context;
    const top = weatherRows * rowHeight;
    context.fillStyle = this.#colours.weather;
    context.globalAlpha = 0.07;
    context.beginPath();
    for (const { startedAt, endedAt } of this.#weather) {
      const left = this.#x(startedAt, now);
      context.rect(left, top, this.#x(endedAt, now) - left, this.#height - axisHeight - top);
    }
    context.fill();
    context.globalAlpha = 1;
  }

  /**
   * @param {Span & { label: string, row: number }} span
   * @param {number} now
   */
  #drawWeather({ label, row, startedAt, endedAt }, now) {
    const context = this.#context;
    const left = Math.max(this.#x(startedAt, now), this.#left);
    const width = this.#x(endedAt, now) - left;
    const top = row * rowHeight;
    context.fillStyle = this.#colours.weather;
    context.globalAlpha = 0.16;
    context.fillRect(left, top + 1, width, rowHeight - 2);
    context.globalAlpha = 1;
    context.fillRect(left, top + 1, 2, rowHeight - 2);
    context.textAlign = 'left';
    if (context.measureText(label).width + 14 < width)
      context.fillText(label, left + 8, top + rowHeight / 2 + 1);
  }

  /** @param {number} now */
  #drawMoments(now) {
    const context = this.#context;
    const top = weatherRows * rowHeight;
    context.strokeStyle = context.fillStyle = this.#colours.weather;
    context.textAlign = 'left';
    context.setLineDash([2, 3]);
    let taken = -Infinity;
    let lowered = false;
    for (const { at, label } of this.#moments) {
      const x = this.#width - ((now - at) / this.#duration) * (this.#width - this.#left);
      context.beginPath();
      context.moveTo(x, top + 4);
      context.lineTo(x, this.#height - axisHeight);
      context.stroke();
      // A label that would cover the one before it goes below it.
      lowered = x < taken && !lowered;
      context.fillText(label, x + 5, top + rowHeight / 2 + (lowered ? 15 : 1));
      taken = x + 12 + context.measureText(label).width;
    }
    context.setLineDash([]);
  }
}
