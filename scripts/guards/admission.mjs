// Guards of who may come in: which pages, who a client is, whose a session is, and that no id is told.

const origin = 'server/src/origin.ts';
const origins = 'server/test/origin.test.ts';

/** @type {import('./index.mjs').Guard[]} */
const ofPages = [
  {
    name: 'what the browser calls cross-site is not let in without an origin',
    file: origin,
    find: 'return !isCrossSite(request);',
    replace: 'return true;',
    scene: `${origins} > does not let in what the browser calls cross-site, though its origin was taken away, by default`,
  },
  {
    name: 'a pattern means the whole of an origin',
    file: origin,
    find: '`^(?:${each.source})$`',
    replace: 'each.source',
    scene: `${origins} > a pattern > means the whole of an origin, and never null: /app\\.example/, https://app.example`,
  },
  {
    name: 'no pattern means null',
    file: origin,
    find: "origin !== 'null' && ",
    scene: `${origins} > a pattern > means the whole of an origin, and never null: /.*/, null`,
  },
  {
    name: 'a page of plain http is not the own one of a server that ends TLS',
    file: origin,
    find: "if ('encrypted' in socket && url.protocol !== 'https:') return false;",
    scene: `${origins} > takes no page that came in plain text for its own where it ends TLS itself`,
  },
  {
    name: 'a list has only what browsers send',
    file: origin,
    find: '(isWeb && url.origin !== each)',
    replace: 'false',
    scene: `${origins} > a list > has nothing in it that no browser sends: "https://app.example/"`,
  },
];

export const admissionGuards = [...ofPages];
