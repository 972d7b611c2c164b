/** Tasks, without a timer: a hidden page's are slow. */

/** Runs each callback in a task of its own: by one channel as long as there are any, since making one costs ten times as much as using it. */
export function taskQueue(): (callback: () => void) => void {
  const waiting: (() => void)[] = [];
  let channel: MessageChannel | undefined;
  return (callback) => {
    waiting.push(callback);
    if (!channel) {
      const { port1 } = (channel = new MessageChannel());
      port1.onmessage = () => {
        waiting.shift()?.();
        if (waiting.length > 0) return;
        // Open, it would keep a process of Node's alive.
        port1.close();
        channel = undefined;
      };
    }
    channel.port2.postMessage(0);
  };
}
