/** Tasks that are no timers. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { inTask } from '../src/tasks.ts';

const ran = (callback: () => void = () => undefined): Promise<void> =>
  new Promise((resolve) => {
    inTask(() => {
      callback();
      resolve();
    });
  });

/** What keeps the process alive. */
const ports = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;

describe('a task', () => {
  it('is one for each callback, in their order', async () => {
    const log: string[] = [];
    const say = (word: string) => () => {
      log.push(word);
      queueMicrotask(() => log.push(`behind ${word}`));
    };
    await Promise.all([ran(say('a')), ran(say('b'))]);
    expect(log).toEqual(['a', 'behind a', 'b', 'behind b']);
  });

  it('keeps a process of Node alive as long as it waits, and no longer', async () => {
    await ran();
    const before = ports();
    const done = Promise.all([ran(), ran()]);
    expect(ports()).toBe(before + 1);
    await ran();
    await done;
    expect(ports()).toBe(before);
  });

  it('is done when its page comes back, though what was on its way is lost', async () => {
    const channels: MessageChannel[] = [];
    let show = (): void => undefined;
    vi.resetModules();
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
      if (type === 'pageshow') show = listener;
    });
    vi.stubGlobal(
      'MessageChannel',
      class extends MessageChannel {
        constructor() {
          super();
          channels.push(this);
        }
      },
    );
    onTestFinished(() => {
      vi.unstubAllGlobals();
      // Nobody else is to have these.
      vi.resetModules();
    });
    const { inTask: inPage } = await import('../src/tasks.ts');
    const log: string[] = [];
    inPage(() => log.push('a'));
    inPage(() => log.push('b'));
    channels[0]?.port1.close();
    await ran();
    expect(log).toEqual([]);
    show();
    inPage(() => log.push('c'));
    await vi.waitFor(() => {
      expect(log).toEqual(['a', 'b', 'c']);
    });
  });
});
