import { AttachAddon } from '@xterm/addon-attach';
import { Terminal } from '@xterm/headless';
import { expect } from 'vitest';
import { asGlobal, everyWay } from './support/ways.ts';

everyWay('a terminal of xterm.js shows each line once', async ({ WebSocket, wss, url, flow }) => {
  const sendAll = async (send: (bytes: Buffer) => void): Promise<void> => {
    for await (const number of flow.numbers()) send(Buffer.from(`${number}\r\n`));
  };
  const typed = new Promise((resolve) => {
    wss.on('connection', (socket) => {
      void sendAll((bytes) => socket.send(bytes));
      socket.on('message', (data: Buffer) => resolve(String(data)));
    });
  });

  asGlobal(WebSocket);
  const terminal = new Terminal({ rows: 100, allowProposedApi: true });
  terminal.loadAddon(new AttachAddon(new WebSocket(url)));
  const { active } = terminal.buffer;
  terminal.onLineFeed(() => flow.see(Number(active.getLine(active.cursorY - 1)?.translateToString(true))));
  await flow.arrived();
  terminal.input('ls');
  expect(await typed).toBe('ls');
});
