/** A map that forgets what was used longest ago once its entries together weigh more than `capacity`. */
export class LruMap<K, V> {
  // A Map iterates in the order of insertion, so its first key is the oldest.
  readonly #entries = new Map<K, V>();
  #weight = 0;
  /** Most keys are asked for again and again: the newest need not be moved to the end. */
  #newest: K | undefined;

  /** @param weigh Weight of a value, which must not change while it is kept; 1 where not given. */
  constructor(readonly capacity: number, readonly weigh: (value: V) => number = () => 1) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The value, which now counts as just used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined || key === this.#newest) return value;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#newest = key;
    return value;
  }

  /** The value, which counts as used when it did before. */
  peek(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Keeps the value, however much it weighs alone. */
  set(key: K, value: V): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#newest = key;
    this.#weight += this.weigh(value);
    while (this.#weight > this.capacity && this.#entries.size > 1) {
      this.delete(this.#entries.keys().next().value as K);
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#weight -= this.weigh(value);
  }

  keys(): readonly K[] {
    return [...this.#entries.keys()];
  }
}
