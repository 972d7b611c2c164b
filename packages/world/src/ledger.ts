/** Counts numbered messages at their destination: what is missing, doubled or out of order shows at once. */
export class Ledger {
  sent = 0;
  received = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** The next message to send. Its length varies with its number. */
  next(): string {
    const number = ++this.sent;
    return `${number} ${'x'.repeat((number * 7919) % 97)}`;
  }

  /** Takes a message that arrived. */
  take(message: string): void {
    const [number = '', padding = ''] = message.split(' ');
    if (Number(number) !== this.received + 1) {
      throw new Error(`${this.#name}: message ${number} arrived behind ${this.received}`);
    }
    this.received++;
    if (padding.length !== (this.received * 7919) % 97)
      throw new Error(`${this.#name}: message ${number} is damaged`);
  }

  get isEven(): boolean {
    return this.sent === this.received;
  }
}
