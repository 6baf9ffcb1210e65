import { LruMap } from "../ingest/lru_map.ts";
import {
  createMapping,
  type Mapping,
  type MappingRule,
  type MetricKind,
  type SeriesOutcome,
  type SourceSeries,
} from "../mapping/mod.ts";

/** Bytes of remembered series, keys included: some 40,000 of usual length. */
const SERIES_BYTES_MAX = 16 * 1024 * 1024;

/** What an outcome weighs beside its key. */
const OUTCOME_BYTES = 200;

/** Longer keys are looked at anew each time. */
const KEY_BYTES_MAX = 4_096;

/** Families of metrics whose metadata are remembered. */
const FAMILIES_MAX = 5_000;

/** What a sender has told of a family of metrics. */
export interface FamilyMetadata {
  readonly kind: MetricKind | undefined;
  readonly unit: string | undefined;
}

interface Remembered {
  readonly key: Uint8Array;
  readonly outcome: SeriesOutcome;
}

/**
 * What becomes of series under one version of a tenant's rules, remembered by the bytes with which the
 * sender names them: the same series come again every few seconds, and reading their labels is what
 * costs.
 */
export class SeriesMemory {
  readonly #mapping: Mapping;
  readonly #families: LruMap<string, FamilyMetadata>;
  readonly #outcomes = new LruMap<number, Remembered>(
    SERIES_BYTES_MAX,
    ({ key }) => key.length + OUTCOME_BYTES,
  );

  /** @param before The memory under the rules before, whose metadata stay true. */
  constructor(rules: readonly MappingRule[], before?: SeriesMemory) {
    this.#mapping = createMapping(rules);
    this.#families = before === undefined ? new LruMap(FAMILIES_MAX) : before.#families;
  }

  map(series: SourceSeries): SeriesOutcome {
    return this.#mapping.map(series);
  }

  /** The outcome of the series that `bytes` from `from` to `until` name, where it is remembered. */
  find(bytes: Uint8Array, from: number, until: number): SeriesOutcome | undefined {
    const known = this.#outcomes.get(hashOf(bytes, from, until));
    return known !== undefined && isSame(known.key, bytes, from, until) ? known.outcome : undefined;
  }

  /** Remembers an outcome. */
  keep(bytes: Uint8Array, from: number, until: number, outcome: SeriesOutcome): void {
    if (until - from > KEY_BYTES_MAX) return;
    // A copy: a view would hold the whole request.
    this.#outcomes.set(hashOf(bytes, from, until), { key: bytes.slice(from, until), outcome });
  }

  /** Metadata of a family; remembered series keep what was known when they came first. */
  describe(family: string, metadata: FamilyMetadata): void {
    this.#families.set(family, metadata);
  }

  /** What was told of the family. */
  metadataOf(name: string): FamilyMetadata | undefined {
    return this.#families.get(name);
  }
}

/** FNV-1a; what collides is told apart by its bytes, and the later one is remembered. */
function hashOf(bytes: Uint8Array, from: number, until: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < until; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash;
}

function isSame(key: Uint8Array, bytes: Uint8Array, from: number, until: number): boolean {
  if (key.length !== until - from) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[from + i]) return false;
  return true;
}
