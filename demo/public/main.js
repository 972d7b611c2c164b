/** Puts the page together: one HoldfastSocket, the conversation on it, and all that shows how it fares. */

import { Conversation } from './conversation.js';
import { Figures, transportNames } from './figures.js';
import { Log } from './log.js';
import { reasons } from './reasons.js';
import { Timeline } from './timeline.js';
import { Weather } from './weather.js';

/** @type {typeof import('@holdfast/client')} */
const { HoldfastSocket } = /** @type {any} */ (globalThis).Holdfast;

const { url, clearWeather } = await (await fetch('/control/live')).json();

const log = new Log(element('log'));
const timeline = new Timeline(/** @type {HTMLCanvasElement} */ (element('timeline')));
const socket = new HoldfastSocket(url);
const conversation = new Conversation(socket, (kind) => timeline.tick(kind));
const figures = new Figures(document.body, socket, conversation);

socket.addEventListener('open', () => log.event('open', 'a session has begun.'));
socket.addEventListener('statechange', ({ state }) => {
  if (state.name === 'reconnecting') {
    log.event('statechange', 'the connection is gone, the session holds; reconnecting.');
  } else if (state.name === 'waiting') {
    log.event('statechange', `the next try ${inSeconds(state.retryIn)}.`);
  }
});
socket.addEventListener('transportchange', ({ transport }) => {
  timeline.carry(transport ?? 'none');
  log.event(
    'transportchange',
    transport ? `carried by ${transportNames[transport]}.` : 'carried by nothing for now.',
  );
});
socket.addEventListener('diagnostic', ({ diagnostic: { reason, detail } }) => {
  log.event(reason, detail ? `${reasons[reason]} (${detail})` : reasons[reason]);
});
socket.addEventListener('sessionlost', ({ unacknowledged }) => {
  timeline.mark('session lost');
  log.event(
    'sessionlost',
    `the server no longer knows the session. Without an acknowledgement: ${unacknowledged}, now sent again. ` +
      'A new session counts from 1.',
  );
});
socket.addEventListener('drop', ({ count }) => log.event('drop', `${count} messages left the queue unsent.`));
socket.addEventListener('close', ({ code, reason }) => log.event('close', `${code} ${reason}`));

new Weather(element('weather'), clearWeather, {
  begin(label) {
    timeline.beginWeather(label);
    log.weather(`Weather: ${label}.`);
  },
  end(label) {
    timeline.endWeather(label);
    log.weather(`Weather: ${label}, over.`);
  },
  cut(connections) {
    timeline.mark('cut');
    log.weather(
      `Weather: cut, ${connections === 1 ? 'one connection' : `${connections} connections`} reset.`,
    );
  },
  restart() {
    timeline.mark('restart');
    log.weather('Weather: the server is killed.');
  },
  restarted() {
    log.weather('Weather: a new server runs, without a memory.');
  },
});

const frameInterval = matchMedia('(prefers-reduced-motion: reduce)').matches ? 1000 : 33;
const figureInterval = 100;
let drawnAt = 0;
let shownAt = 0;
requestAnimationFrame(function frame(now) {
  if (now - drawnAt >= frameInterval) {
    drawnAt = now;
    timeline.draw();
  }
  if (now - shownAt >= figureInterval) {
    shownAt = now;
    figures.show();
  }
  requestAnimationFrame(frame);
});

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}

/** @param {number} milliseconds */
function inSeconds(milliseconds) {
  if (milliseconds === Infinity) return 'when the page or its network comes back';
  return `in ${(milliseconds / 1000).toFixed(1)} s`;
}
