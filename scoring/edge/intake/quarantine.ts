import { LruMap } from "../ingest/lru_map.ts";

/** Names that are listed; of more, those seen longest ago are forgotten. */
const NAMES_MAX = 1_000;

/** A name that nobody knows yet. */
export interface QuarantinedName {
  readonly field: "device" | "metric";
  readonly name: string;
  /** Points that came under it since it is listed. */
  readonly points: number;
  /** Wall clock, ms. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** Unknown names whose points are kept out, so that a person can look at them. */
export class Quarantine {
  readonly #names = new LruMap<string, QuarantinedName>(NAMES_MAX);

  add(field: QuarantinedName["field"], name: string, now: number): void {
    const key = `${field} ${name}`;
    const known = this.#names.get(key);
    this.#names.set(key, {
      field,
      name,
      points: (known?.points ?? 0) + 1,
      firstSeenAt: known?.firstSeenAt ?? now,
      lastSeenAt: now,
    });
  }

  /** The one seen last comes last. */
  list(): readonly QuarantinedName[] {
    return this.#names.keys().flatMap((key) => this.#names.get(key) ?? []);
  }
}
