/** The W3C class as a client sees it, with a server behind it that says what it likes. */
export class HostileWebSocket {
  binaryType = '';
  protocol = '';
  bufferedAmount = 0;
  isOver = false;
  isOpen = false;
  readonly said: string[] = [];
  readonly offered: readonly string[];
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;

  constructor(offered: readonly string[]) {
    this.offered = offered;
  }

  send(data: string | Uint8Array): void {
    if (!this.isOpen && !this.isOver) throw new Error('InvalidStateError');
    if (typeof data === 'string') this.said.push(data);
  }

  close(): void {
    this.isOver = true;
  }

  tell(event: 'open' | 'message' | 'error' | 'close', detail: object = {}): void {
    if (this.isOver) return;
    if (event === 'open') this.isOpen = true;
    else if (event !== 'message') this.isOver = true;
    else if (!this.isOpen) return;
    this[`on${event}`]?.(detail as never);
  }
}
