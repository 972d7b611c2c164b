/** The curves of a soak, drawn as SVG: one panel for each figure, time from left to right, a line where each period was calm. */

const WIDTH = 720;
const LEFT = 56;
const RIGHT = 14;
const TOP = 56;
const HEIGHT = 92;
const GAP = 40;
const COLOURS = ['#0b6e4f', '#2f6fb3', '#c2703d', '#8b95a1'];

/**
 * @typedef {{ name: string, points: readonly { at: number, value: number }[] }} Curve
 * @typedef {{ title: string, curves: readonly Curve[] }} Panel
 */

/**
 * @param {string} title
 * @param {readonly Panel[]} panels
 * @param {readonly number[]} calms in s: the ends of periods
 */
export function drawn(title, panels, calms) {
  const last = Math.max(
    1,
    ...panels.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(({ at }) => at))),
  );
  const x = (/** @type {number} */ at) => LEFT + (at / last) * (WIDTH - LEFT - RIGHT);
  const height = TOP + panels.length * (HEIGHT + GAP);
  const shapes = panels.map((panel, i) => drawnPanel(panel, TOP + i * (HEIGHT + GAP), x, calms));
  const minutes = Array.from({ length: Math.floor(last / 60) + 1 }, (_, minute) =>
    text(
      x(minute * 60),
      height - 10,
      minute === 0 ? '0' : `${minute} min`,
      'text-anchor="middle" fill="#57606a"',
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2328">
<title>${title}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(16, 24, title, 'font-size="15" font-weight="bold"')}
${[...shapes, ...minutes].join('\n')}
</svg>
`;
}

/** @param {Panel} panel @param {number} top @param {(at: number) => number} x @param {readonly number[]} calms */
function drawnPanel({ title, curves }, top, x, calms) {
  const most = ceiling(Math.max(...curves.flatMap(({ points }) => points.map(({ value }) => value))));
  const bottom = top + HEIGHT;
  const y = (/** @type {number} */ value) => bottom - (value / most) * HEIGHT;
  const ticks = [0, most / 2, most].flatMap((value) => [
    `<path d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - RIGHT}" stroke="#d0d7de"/>`,
    text(LEFT - 6, y(value) + 4, String(value), 'text-anchor="end" fill="#57606a"'),
  ]);
  const lines = calms.map(
    (at) => `<path d="M${x(at).toFixed(1)} ${top}V${bottom}" stroke="#d0d7de" stroke-dasharray="2 3"/>`,
  );
  const paths = curves.map(({ points }, i) => {
    const steps = points.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
    return `<path d="M${steps.join('L')}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.3" stroke-linejoin="round"/>`;
  });
  let after = WIDTH - RIGHT;
  const legend =
    curves.length < 2
      ? []
      : [...curves].reverse().flatMap(({ name }, i) => {
          const colour = COLOURS[(curves.length - 1 - i) % COLOURS.length];
          const label = text(after, top - 8, name, `text-anchor="end" fill="${colour}"`);
          after -= name.length * 6.5 + 14;
          return [label];
        });
  return [text(LEFT, top - 8, title, 'font-weight="bold"'), ...legend, ...ticks, ...lines, ...paths].join(
    '\n',
  );
}

/** A round number that is not less. @param {number} value */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** @param {number} x @param {number} y @param {string} what @param {string} [style] */
const text = (x, y, what, style = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${style && ` ${style}`}>${what}</text>`;
