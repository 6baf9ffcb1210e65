import { type Ingest, type IngestResult, LruMap } from "../ingest/mod.ts";
import {
  DEFAULT_MAPPING,
  type MappedSeries,
  type MappingSettings,
  type SeriesOutcome,
  type SourceSeries,
  type UnknownPolicy,
} from "../mapping/mod.ts";
import type { TelemetryPoint } from "../../point.ts";
import type { Refusal } from "../wire/refusal.ts";
import { Quarantine, type QuarantinedSeries } from "./quarantine.ts";
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

/** A point under names that will be made elsewhere. */
export interface WaitingPoint {
  readonly point: TelemetryPoint;
  readonly series: MappedSeries;
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
   * made. Without it, and without `hold`, series wait in quarantine whoever would have them made.
   */
  readonly create?: (names: UnknownNames) => Promise<ReadonlyMap<string, string>>;
  /** Keeps points durably until their names are made elsewhere, in place of `create`. */
  readonly hold?: (points: readonly WaitingPoint[]) => IngestResult;
  /** Where series are kept out; one of its own without. */
  readonly quarantine?: Quarantine;
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
  /** Series under unknown names whose points are kept out, the one seen last at the end. */
  quarantined(): readonly QuarantinedSeries[];
}

/** One per tenant: it remembers series. */
export function createIntake(options: IntakeOptions): Intake {
  return new TenantIntake(options);
}

class TenantIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #quarantine: Quarantine;
  readonly #failures = new LruMap<string, Failure>(FAILURES_MAX);
  #settings: MappingSettings | undefined;
  #memory: SeriesMemory | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#quarantine = options.quarantine ?? new Quarantine();
  }

  async openBatch(): Promise<SampleBatch> {
    const memory = await this.#currentMemory();
    return new SampleBatch(memory, this.#policyOf(this.#settings ?? DEFAULT_MAPPING));
  }

  /** Where nobody can make names, a person must. */
  #policyOf({ unknown }: MappingSettings): UnknownPolicy {
    const { create, hold } = this.#options;
    const canMake = create !== undefined || hold !== undefined;
    return unknown === "create" && !canMake ? "quarantine" : unknown;
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

  quarantined(): readonly QuarantinedSeries[] {
    return this.#quarantine.list();
  }

  /** Deals with points under unknown names as the tenant wishes. Indices are those of the batch. */
  async #settleUnknown(batch: SampleBatch, unknown: readonly Refusal[]): Promise<IngestResult> {
    const { create, hold } = this.#options;
    if (batch.unknown === "refuse") return { ...NOTHING, refused: unknown };
    if (batch.unknown === "create" && hold !== undefined) return held(batch, unknown, hold);
    if (batch.unknown === "quarantine" || create === undefined) {
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
    return inBatch(await this.#options.ingest.ingest(points), unknown);
  }

  /** Why the unknown name could not be made a short time ago. */
  #failureOf(batch: SampleBatch, { field, index }: Refusal): string | undefined {
    const { device, metric } = batch.points[index];
    const failure = this.#failures.get(field === "device" ? device : metric);
    const isRecent = failure !== undefined && this.#options.now() - failure.at < FAILURE_TRUE_MS;
    return isRecent ? failure.message : undefined;
  }

  #setAside(batch: SampleBatch, { index }: Refusal): void {
    const { at, value } = batch.points[index];
    const series = batch.series[index];
    const origin = batch.origins.get(series);
    this.#quarantine.add({ series, origin, at, value }, this.#options.now());
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

function held(
  { points, series }: SampleBatch,
  unknown: readonly Refusal[],
  hold: NonNullable<IntakeOptions["hold"]>,
): IngestResult {
  const waiting = unknown.map(({ index }) => ({ point: points[index], series: series[index] }));
  return inBatch(hold(waiting), unknown);
}

/** A result of the points that were refused, by their indices in the batch. */
function inBatch(result: IngestResult, unknown: readonly Refusal[]): IngestResult {
  const refused = result.refused
    .map((refusal) => ({ ...refusal, index: unknown[refusal.index].index }));
  return { ...result, refused };
}

const NOTHING: IngestResult = { accepted: 0, late: 0, duplicates: 0, refused: [] };

function isUnknownName({ code }: Refusal): boolean {
  return code === "DEVICE_UNKNOWN" || code === "METRIC_UNKNOWN";
}

/** All names of points that were refused: a new device's metrics are often new as well. */
function namesOf({ series }: SampleBatch, unknown: readonly Refusal[]): UnknownNames {
  const devices = new Set<string>();
  const metrics = new Map<string, MappedSeries>();
  for (const { field, index } of unknown) {
    const { device, metric } = series[index];
    if (field === "device") devices.add(device);
    if (!metrics.has(metric)) metrics.set(metric, series[index]);
  }
  return { devices: [...devices], metrics: [...metrics.values()] };
}
