/** Readers that stop reading: some are sent more than the server keeps, and closed with 3950; some go on in time. */

import { passed, PIECE, SIP, SLOW, UNREAD } from './plan.mjs';
import { Tap, TRANSPORTS, visited, visitor } from './visitors.mjs';

/** @param {import('./plan.mjs').Where} where */
export async function readSlowly({ urls }) {
  const readers = Array.from({ length: SLOW * 2 }, (_, i) => {
    const transport = TRANSPORTS[Math.floor(i / 2) % TRANSPORTS.length] ?? 'websocket';
    const url = urls[i % urls.length] ?? '';
    return i % 2 === 0 ? swamped(url, transport) : sipping(url, transport);
  });
  return (await Promise.all(readers)).flat();
}

/** @param {string} url @param {import('@holdfast/client').TransportName} transport */
const swamped = (url, transport) =>
  visited(`a reader over ${transport} that stopped`, (end) => {
    const tap = new Tap();
    const socket = visitor(url, 'swamp', { transports: [transport], ...tap.platform });
    socket.onopen = async () => {
      socket.send('go');
      tap.shut();
      await passed(UNREAD);
      tap.open();
    };
    socket.onclose = ({ code }) => end(code === 3950 ? undefined : `closed with ${code}`);
  });

/** @param {string} url @param {import('@holdfast/client').TransportName} transport */
const sipping = (url, transport) =>
  visited(`a reader over ${transport} that went on`, (end) => {
    const tap = new Tap();
    const socket = visitor(url, 'sip', { transports: [transport], ...tap.platform });
    let received = 0;
    let isWrong = false;
    socket.onopen = async () => {
      socket.send('go');
      tap.shut();
      await passed(UNREAD);
      tap.open();
    };
    socket.onmessage = ({ data }) => {
      isWrong ||= data.byteLength !== PIECE || new Uint8Array(data)[0] !== received % 256;
      if (++received === SIP) socket.close(1000);
    };
    socket.onclose = ({ code }) => {
      if (isWrong || received !== SIP) end(`got ${received} of ${SIP}, ${isWrong ? 'wrong' : 'right'}`);
      else end(code === 1000 ? undefined : `closed with ${code}`);
    };
  });
