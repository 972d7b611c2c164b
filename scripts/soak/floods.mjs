/** Clients that send as fast as they can, and expect all of it back. */

import { FLOOD, FLOODS } from './plan.mjs';
import { TRANSPORTS, visited, visitor } from './visitors.mjs';

/** @param {import('./plan.mjs').Where} where */
export async function flood({ urls }) {
  const floods = Array.from({ length: FLOODS }, (_, i) => {
    const transport = TRANSPORTS[i % TRANSPORTS.length] ?? 'websocket';
    return visited(`a flood over ${transport}`, (end) => {
      const socket = visitor(urls[i % urls.length] ?? '', 'flood', { transports: [transport] });
      let received = 0;
      let isWrong = false;
      socket.onopen = () => {
        for (let n = 0; n < FLOOD; n++) socket.send(`${n} ${'x'.repeat(n)}`);
      };
      socket.onmessage = ({ data }) => {
        isWrong ||= data !== `${received} ${'x'.repeat(received)}`;
        if (++received === FLOOD) socket.close(1000);
      };
      socket.onclose = ({ code }) => {
        const isRight = received === FLOOD && !isWrong && code === 1000;
        end(isRight ? undefined : `got ${received} back${isWrong ? ', wrong ones' : ''}, and ${code}`);
      };
    });
  });
  return (await Promise.all(floods)).flat();
}
