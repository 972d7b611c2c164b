/** Tasks, without a timer: a hidden page's are slow. One channel brings those of all sockets: to make one costs ten times as much as to use it. */

/** As long as it is open, Node's keeps the process alive, unless it is told not to. */
interface NodePort {
  ref?(): void;
  unref?(): void;
}

const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

/** Runs a callback in a task of its own. */
export function inTask(callback: () => void): void {
  if (!channel) {
    // A page that comes out of the back/forward cache may have lost what was on its way, and WebKit's port is deaf then.
    (globalThis as Partial<EventTarget>).addEventListener?.('pageshow', open);
    open();
  }
  waiting.push(callback);
  post();
}

/** Opens a channel, for all that waits. */
function open(): void {
  channel?.port1.close();
  channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const next = waiting.shift();
    if (waiting.length === 0) (channel?.port1 as NodePort).unref?.();
    next?.();
  };
  waiting.forEach(post);
}

function post(): void {
  (channel?.port1 as NodePort).ref?.();
  channel?.port2.postMessage(0);
}
