import { type Ingest, type IngestResult, LruMap } from "../ingest/mod.ts";
import {
  DEFAULT_MAPPING,
  type MappedSeries,
  type MappingSettings,
  type SeriesOutcome,
  type SourceSeries,
} from "../mapping/mod.ts";
import type { Refusal } from "../wire/refusal.ts";
import { Quarantine, type QuarantinedName } from "./quarantine.ts";
import { SampleBatch, type SkipReason } from "./sample_batch.ts";
import { SeriesMemory } from "./series_memory.ts";

/** Names that could not be made and are not tried again at each request. */
const FAILURES_MAX = 10_000;

/** After this a name is tried again: somebody may have made room. */
const FAILURE_TRUE_MS = 60_000;

interface Failure {
  readonly message: string;
  /** Wall clock, ms. */
  readonly at: number;
}

/** Names that points came under and that are not known. */
export interface UnknownNames {
  readonly devices: readonly string[];
  readonly metrics: readonly MappedSeries[];
}

/** What an intake asks of its tenant. */
export interface IntakeOptions {
  readonly ingest: Ingest;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** The mapping in force, the default one without. */
  readonly settings?: () => Promise<MappingSettings>;
  /**
   * Makes devices and metrics, as far as the tenant may have more; gives why by each name that was not
   * made. Without it unknown names wait in quarantine, whoever would have them made.
   */
  readonly create?: (names: UnknownNames) => Promise<ReadonlyMap<string, string>>;
}

/** What became of the samples of a batch: each is counted once. */
export interface IntakeResult {
  readonly accepted: number;
  /** Of the accepted ones: stored, but not judged, as their device's detectors were past them. */
  readonly late: number;
  readonly duplicates: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** Ascending by position in the request. */
  readonly refused: readonly Refusal[];
}

/** Takes samples of sources that name things their own way. */
export interface Intake {
  /** An empty batch under the rules now in force. */
  openBatch(): Promise<SampleBatch>;
  /**
   * Resolves once all that is accepted is durable; throws as `Ingest.ingest` does. What was recorded
   * before a throw is known as duplicate when the sender comes again.
   */
  take(batch: SampleBatch): Promise<IntakeResult>;
  /** What would become of these series. */
  dryRun(series: readonly SourceSeries[]): Promise<readonly SeriesOutcome[]>;
  /** Unknown names whose points are kept out. */
  quarantined(): readonly QuarantinedName[];
}

/** One per tenant: it remembers series. */
export function createIntake(options: IntakeOptions): Intake {
  return new TenantIntake(options);
}

class TenantIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #quarantine = new Quarantine();
  readonly #failures = new LruMap<string, Failure>(FAILURES_MAX);
  #settings: MappingSettings | undefined;
  #memory: SeriesMemory | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  async openBatch(): Promise<SampleBatch> {
    return new SampleBatch(await this.#currentMemory());
  }

  async take(batch: SampleBatch): Promise<IntakeResult> {
    const { points, positions } = batch;
    const first = await this.#options.ingest.ingest(points);
    const unknown = first.refused.filter(isUnknownName);
    const others = first.refused.filter((refusal) => !isUnknownName(refusal));
    const settled = unknown.length === 0 ? NOTHING : await this.#settleUnknown(batch, unknown);
    const refused = [...others, ...settled.refused]
      .map((refusal) => ({ ...refusal, index: positions[refusal.index] }));
    return {
      accepted: first.accepted + settled.accepted,
      late: first.late + settled.late,
      duplicates: first.duplicates + settled.duplicates,
      skipped: batch.skipped,
      refused: [...batch.refused, ...refused].sort((a, b) => a.index - b.index),
    };
  }

  async dryRun(series: readonly SourceSeries[]): Promise<readonly SeriesOutcome[]> {
    const memory = await this.#currentMemory();
    return series.map((each) => memory.map(each));
  }

  quarantined(): readonly QuarantinedName[] {
    return this.#quarantine.list();
  }

  /** Deals with points under unknown names as the tenant wishes. Indices are those of the batch. */
  async #settleUnknown(batch: SampleBatch, unknown: readonly Refusal[]): Promise<IngestResult> {
    const { create } = this.#options;
    const policy = this.#settings?.unknown ?? DEFAULT_MAPPING.unknown;
    if (policy === "refuse") return { ...NOTHING, refused: unknown };
    if (policy === "quarantine" || create === undefined) {
      for (const refusal of unknown) this.#setAside(batch, refusal);
      return NOTHING;
    }
    const fresh = unknown.filter((refusal) => this.#failureOf(batch, refusal) === undefined);
    const made = fresh.length === 0 ? NOTHING : await this.#takeMade(batch, fresh, create);
    const tried = new Set(fresh);
    const hopeless = unknown.filter((refusal) => !tried.has(refusal));
    const refused = [...hopeless, ...made.refused].map((refusal) => {
      const failure = isUnknownName(refusal) ? this.#failureOf(batch, refusal) : undefined;
      if (failure === undefined) return refusal;
      return { ...refusal, code: "QUOTA_EXCEEDED" as const, message: failure };
    });
    return { ...made, refused };
  }

  /** Makes the names of these points and takes them. */
  async #takeMade(
    batch: SampleBatch,
    unknown: readonly Refusal[],
    create: NonNullable<IntakeOptions["create"]>,
  ): Promise<IngestResult> {
    const at = this.#options.now();
    for (const [name, message] of await create(namesOf(batch, unknown))) {
      this.#failures.set(name, { message, at });
    }
    const points = unknown.map(({ index }) => batch.points[index]);
    const result = await this.#options.ingest.ingest(points);
    const refused = result.refused
      .map((refusal) => ({ ...refusal, index: unknown[refusal.index].index }));
    return { ...result, refused };
  }

  /** Why the unknown name could not be made a short time ago. */
  #failureOf(batch: SampleBatch, { field, index }: Refusal): string | undefined {
    const { device, metric } = batch.points[index];
    const failure = this.#failures.get(field === "device" ? device : metric);
    const isRecent = failure !== undefined && this.#options.now() - failure.at < FAILURE_TRUE_MS;
    return isRecent ? failure.message : undefined;
  }

  #setAside(batch: SampleBatch, { field, index }: Refusal): void {
    const { device, metric } = batch.points[index];
    const now = this.#options.now();
    if (field === "device") this.#quarantine.add("device", device, now);
    else this.#quarantine.add("metric", metric, now);
    batch.skipped.set("quarantined", (batch.skipped.get("quarantined") ?? 0) + 1);
  }

  async #currentMemory(): Promise<SeriesMemory> {
    const settings = await this.#options.settings?.() ?? DEFAULT_MAPPING;
    if (this.#memory === undefined || this.#settings?.version !== settings.version) {
      this.#memory = new SeriesMemory(settings.rules, this.#memory);
      this.#settings = settings;
    }
    return this.#memory;
  }
}

const NOTHING: IngestResult = { accepted: 0, late: 0, duplicates: 0, refused: [] };

function isUnknownName({ code }: Refusal): boolean {
  return code === "DEVICE_UNKNOWN" || code === "METRIC_UNKNOWN";
}

/** All names of points that were refused: a new device's metrics are often new as well. */
function namesOf({ points, definitions }: SampleBatch, unknown: readonly Refusal[]): UnknownNames {
  const devices = new Set<string>();
  const metrics = new Set<string>();
  for (const { field, index } of unknown) {
    if (field === "device") devices.add(points[index].device);
    metrics.add(points[index].metric);
  }
  return {
    devices: [...devices],
    metrics: [...metrics].flatMap((name) => definitions.get(name) ?? []),
  };
}
