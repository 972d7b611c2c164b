/** How much of something is in use: in all, and by each address. What nobody uses takes no memory. */

/** How much there may be of something. */
export interface Share {
  /** In all. */
  readonly total: number;
  /** For each address ({@link HoldfastServerOptions.trustProxy}), of which IPv6 has one in each /64. */
  readonly perAddress: number;
}

/** Whose share does not reach. */
export type Exceeded = keyof Share;

export class Quota {
  readonly #share: Share;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(share: Share) {
    this.#share = share;
  }

  /** Takes so much; or takes nothing, and tells whose share it would exceed. Without an address it counts in the total alone. */
  take(address: string | undefined, amount = 1): Exceeded | undefined {
    const taken = this.#of(address) + amount;
    if (address !== undefined && taken > this.#share.perAddress) return 'perAddress';
    if (this.#total + amount > this.#share.total) return 'total';
    this.#total += amount;
    if (address !== undefined) this.#taken.set(address, taken);
    return undefined;
  }

  /** Gives back what was taken. */
  free(address: string | undefined, amount = 1): void {
    this.#total -= amount;
    if (address === undefined) return;
    const taken = this.#of(address) - amount;
    if (taken > 0) this.#taken.set(address, taken);
    else this.#taken.delete(address);
  }

  /** How much is in use in all. */
  get inUse(): number {
    return this.#total;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#taken.size;
  }

  #of(address: string | undefined): number {
    return address === undefined ? 0 : (this.#taken.get(address) ?? 0);
  }
}
