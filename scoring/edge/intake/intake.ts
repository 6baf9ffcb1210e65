import type { TelemetryPoint } from "../../point.ts";
import type { Ingest, IngestResult } from "../ingest/mod.ts";
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
    const failures = await create(namesOf(batch, unknown));
    const { accepted, duplicates, refused } = await this.#options.ingest
      .ingest(unknown.map(({ index }) => batch.points[index]));
    return {
      accepted,
      duplicates,
      refused: refused.map((refusal) => {
        const { index } = unknown[refusal.index];
        return explained({ ...refusal, index }, batch.points[index], failures);
      }),
    };
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

const NOTHING: IngestResult = { accepted: 0, duplicates: 0, refused: [] };

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

function explained(
  refusal: Refusal,
  { device, metric }: TelemetryPoint,
  failures: ReadonlyMap<string, string>,
): Refusal {
  if (!isUnknownName(refusal)) return refusal;
  const reason = failures.get(refusal.field === "device" ? device : metric);
  return reason === undefined ? refusal : { ...refusal, code: "QUOTA_EXCEEDED", message: reason };
}
