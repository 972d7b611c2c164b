/** Packages that come along with a package when it is installed, as `package-lock.json` has them. */

import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Locked
 * @property {boolean} [link]
 * @property {string} [resolved]
 * @property {string} [version]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** @type {Record<string, Locked>} */
const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')).packages;

/** The packages that come with this one, as `name@version`; itself is not among them. @param {string} name @returns {Set<string>} */
export function dependencies(name) {
  /** By place: what others here need may have put two of the same into different ones. @type {Map<string, string>} */
  const all = new Map();
  const add = (/** @type {string} */ from) => {
    const { dependencies, optionalDependencies } = lock[from] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = find(name, from);
      if (all.has(place)) continue;
      all.set(place, `${name}@${lock[place]?.version}`);
      add(place);
    }
  };
  add(find(name, ''));
  return new Set(all.values());
}

/** Where Node finds a package: beside whoever asks, or further out. @param {string} name @param {string} from @returns {string} */
function find(name, from) {
  const place = `${from && `${from}/`}node_modules/${name}`;
  const { link, resolved = '' } = lock[place] ?? {};
  if (lock[place]) return link ? resolved : place;
  if (!from) throw new Error(`${name} is not installed`);
  return find(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}
