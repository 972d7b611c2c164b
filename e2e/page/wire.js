/**
 * Values on their way between a test and a page that WebDriver drives, which knows JSON alone: also `undefined`, numbers that
 * are no JSON, and what stays in the page and is only pointed at. Each function is sent to the page as its own source.
 */

/**
 * @typedef {{ plain: unknown } | { number: string } | { list: Packed[] } | { record: [string, Packed][] } | { handle: number } | Record<string, never>} Packed
 */

/**
 * @param {any} value
 * @returns {Packed}
 */
export function pack(value) {
  if (value === undefined || typeof value === 'function') return {};
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '-0' : String(value) };
  if (value === null || typeof value !== 'object') return { plain: value };
  if (Array.isArray(value)) return { list: value.map(pack) };
  // What a test points at has one member, and this name.
  if (typeof value.webkitHandle === 'number') return { handle: value.webkitHandle };
  return { record: Object.entries(value).map(([key, each]) => [key, pack(each)]) };
}

/**
 * @param {any} packed
 * @param {unknown[]} handles What the page keeps.
 * @returns {any}
 */
export function unpack(packed, handles) {
  if ('plain' in packed) return packed.plain;
  if ('number' in packed) return Number(packed.number);
  if ('list' in packed) return packed.list.map((/** @type {Packed} */ each) => unpack(each, handles));
  if ('handle' in packed) return handles[packed.handle];
  if (!('record' in packed)) return undefined;
  return Object.fromEntries(
    packed.record.map((/** @type {[string, Packed]} */ [key, each]) => [key, unpack(each, handles)]),
  );
}
