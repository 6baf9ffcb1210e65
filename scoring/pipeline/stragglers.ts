/** A metric whose newest point is further behind the watermark is not waited for, ms. */
const KNOWN_MS = 15 * 60_000;

/**
 * A metric that others have overtaken is waited for at most so long on the wall clock, ms: senders try
 * a failed shard again within seconds.
 */
const PATIENCE_MS = 30_000;

/**
 * Metrics of one device that others have overtaken. A sender that was cut off sends its backlog in
 * shards, each in order but none knowing of the others: one shard's first request may be minutes ahead
 * of the other shards' metrics. Their points would be late, so the watermark waits for them.
 *
 * A metric is not waited for while it is known to be slow or gone: when others have been heard for
 * longer than the patience lasts and it has not.
 */
export class Stragglers {
  /** Event time of the newest point by metric. */
  readonly #newestAt = new Map<string, number>();
  /** Wall clock of the last new point by metric. */
  readonly #heardAt = new Map<string, number>();
  readonly #latenessMs: number;
  readonly #patienceMs: number;
  /** Wall clock since which the device speaks without a pause. */
  #speaksSince = -Infinity;
  #spokeAt = -Infinity;

  constructor(latenessMs: number) {
    this.#latenessMs = latenessMs;
    // A metric that comes in time must never be waited for: it is known to be slow before it lags.
    this.#patienceMs = Math.min(PATIENCE_MS, latenessMs);
  }

  /** Takes note of a point that was known before. */
  recall(metric: string, at: number): void {
    const newestAt = this.#newestAt.get(metric);
    if (newestAt === undefined || at > newestAt) this.#newestAt.set(metric, at);
  }

  /** Takes note of a new point. */
  hear(metric: string, at: number, now: number): void {
    this.recall(metric, at);
    this.#heardAt.set(metric, now);
  }

  /** Takes note that the device speaks; before its points are heard. */
  speak(now: number): void {
    if (now - this.#spokeAt > this.#latenessMs) this.#speaksSince = now;
    this.#spokeAt = now;
  }

  /** How far towards `target` the watermark may go without making points late that are waited for. */
  bound(watermark: number, target: number, now: number): number {
    let bound = target;
    for (const [metric, newestAt] of this.#newestAt) {
      if (newestAt >= bound || newestAt < watermark - KNOWN_MS) continue;
      const since = Math.max(this.#heardAt.get(metric) ?? -Infinity, this.#speaksSince);
      if (now - since < this.#patienceMs) bound = newestAt;
    }
    return Math.max(watermark, bound);
  }
}
