/** The doctor in a page: the same checks as `npx @holdfast/doctor`, on the way to the demo's server and its weather. */

import { Weather } from './weather.js';

const core = '/doctor-core.js';
/** @type {typeof import('@holdfast/doctor')} */
const { browserEnvironment, diagnose, summarize, titles } = await import(core);

/** @typedef {import('@holdfast/doctor').Finding} Finding */

const hold = 6000;
const patientHold = 70_000;
const transportNames = { websocket: 'WebSocket', streaming: 'HTTP streaming', polling: 'long-polling' };
const signs = { ok: 'ok', impaired: 'so-so', broken: 'broken', skipped: '–', waiting: '…' };

const { url, clearWeather } = await (await fetch('/control/live')).json();
element('command').textContent = `npx @holdfast/doctor ${url}`;

const list = element('findings');
const summary = element('summary');
const patient = /** @type {HTMLInputElement} */ (element('patient'));
let running = new AbortController();

/** Begins anew, whatever is under way. */
async function look() {
  running.abort();
  const { signal } = (running = new AbortController());
  list.replaceChildren(...Object.keys(titles).map((check) => row(check)));
  summary.textContent = 'Looking …';
  show(undefined, 'looking');
  const holding = patient.checked ? patientHold : hold;
  const patience = { hold: holding, total: holding + 20_000 };
  /** @type {Finding[]} */
  const found = [];
  for await (const finding of diagnose(url, browserEnvironment(), { signal, patience })) {
    if (signal.aborted) return;
    found.push(finding);
    list.querySelector(`[data-check="${finding.check}"]`)?.replaceWith(row(finding.check, finding));
    element('progress').textContent = `${found.length} of ${Object.keys(titles).length}`;
  }
  if (signal.aborted) return;
  const { transport, words } = summarize(found);
  summary.textContent = words;
  show(transport, 'done');
}

/**
 * @param {'websocket' | 'streaming' | 'polling' | undefined} transport
 * @param {string} progress
 */
function show(transport, progress) {
  document.body.dataset['transport'] = transport ?? 'none';
  element('transport').textContent = transport ? transportNames[transport] : 'no transport';
  element('progress').textContent = progress;
}

/**
 * @param {string} check
 * @param {Finding} [finding] Once there is one.
 */
function row(check, finding) {
  const verdict = finding?.verdict ?? 'waiting';
  const item = document.createElement('li');
  item.dataset['check'] = check;
  item.dataset['verdict'] = verdict;
  item.append(
    part('sign', signs[verdict]),
    part('title', titles[/** @type {import('@holdfast/doctor').CheckName} */ (check)]),
    part('words', finding?.words ?? ''),
  );
  if (finding?.advice) item.append(advice(finding.advice));
  return item;
}

/**
 * @param {string} name
 * @param {string} text
 */
function part(name, text) {
  const span = document.createElement('span');
  span.className = name;
  span.textContent = text;
  return span;
}

/** @param {readonly string[]} lines */
function advice(lines) {
  const details = document.createElement('details');
  const title = document.createElement('summary');
  title.textContent = 'What usually causes it, and what to set';
  const items = document.createElement('ul');
  items.append(
    ...lines.map((line) => {
      const item = document.createElement('li');
      item.textContent = line;
      return item;
    }),
  );
  details.append(title, items);
  return details;
}

/** What changes together is looked at once. */
let isDue = true;
function lookSoon() {
  if (isDue) return;
  isDue = true;
  queueMicrotask(begin);
}

function begin() {
  isDue = false;
  void look();
}

new Weather(element('weather'), clearWeather, {
  begin: lookSoon,
  end: lookSoon,
  // What it reset was under way.
  cut: lookSoon,
  restart: () => undefined,
  restarted: lookSoon,
});
element('again').addEventListener('click', lookSoon);
patient.addEventListener('change', lookSoon);
begin();

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}
