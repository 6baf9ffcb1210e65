import type { TelemetryPoint } from "../../point.ts";
import { TIMESTAMP_MIN } from "../limits.ts";
import type { MappedSeries, SeriesOutcome, SourceSeries, UnknownPolicy } from "../mapping/mod.ts";
import { SAMPLES_PER_REQUEST_MAX } from "../wire/limits.ts";
import { Problem } from "../wire/problem.ts";
import type { Refusal, RefusalCode } from "../wire/refusal.ts";
import type { SeriesMemory } from "./series_memory.ts";

/** Why a sample is not kept although nothing is wrong with it. */
export type SkipReason =
  /** The sender says that the series has ended. */
  | "stale"
  /** NaN and the infinities, which senders of Prometheus' world use as values. */
  | "not_finite"
  /** A rule keeps the series out. */
  | "dropped"
  | "histogram"
  | "exemplar"
  /** Texts are no telemetry. */
  | "text"
  /** The sender says that it has measured nothing. */
  | "no_value"
  /** The name is not known, and the tenant lets such names wait. */
  | "quarantined";

/**
 * The samples of one request, as decoders find them: each becomes a point, a refusal, or is skipped and
 * counted. Positions are those of the sender's own counting, from 0.
 */
export class SampleBatch {
  readonly points: TelemetryPoint[] = [];
  /** Position in the request of each of `points`. */
  readonly positions: number[] = [];
  readonly refused: Refusal[] = [];
  readonly skipped = new Map<SkipReason, number>();
  /** The series of each of `points`. */
  readonly series: MappedSeries[] = [];
  /** How the source names series, of those whose labels were read for this batch. */
  readonly origins = new Map<SeriesOutcome, SourceSeries>();

  /** @param unknown What happens to unknown names under the rules of `memory`. */
  constructor(readonly memory: SeriesMemory, readonly unknown: UnknownPolicy = "create") {}

  /** Samples so far, kept or not. */
  get size(): number {
    return this.#size;
  }
  #size = 0;

  /** What becomes of a series; told to `add` with each of its samples. */
  map(series: SourceSeries): SeriesOutcome {
    const outcome = this.memory.map(series);
    // Only what waits for a person is shown to one.
    if (this.unknown === "quarantine") this.origins.set(outcome, series);
    return outcome;
  }

  /**
   * Takes one sample of a series.
   * @throws {Problem} When there are too many.
   */
  add(series: SeriesOutcome, position: number, at: number, value: number): void {
    this.#count();
    if (series.outcome === "dropped") return this.#skip("dropped");
    if (series.outcome === "unnamed") {
      const code = series.field === "device" ? "DEVICE_INVALID" : "METRIC_INVALID";
      return this.refuse(position, series.field, code, series.message);
    }
    if (!Number.isFinite(value)) return this.#skip("not_finite");
    if (!Number.isSafeInteger(at)) {
      const message = "Cannot take the sample's instant: wanted an integer of the unit in use";
      return this.refuse(position, "at", "TIMESTAMP_INVALID", message);
    }
    if (at < TIMESTAMP_MIN) {
      const message = `Cannot take ${at} ms as an instant: it is before 1980`;
      return this.refuse(position, "at", "TIMESTAMP_TOO_OLD", message);
    }
    const { device, metric } = series;
    // Storage has no negative zero, so it must not make a difference to a score either.
    this.points.push({ device, metric, at, value: value === 0 ? 0 : value });
    this.positions.push(position);
    this.series.push(series);
  }

  /** Passes over a sample that needs no place here. */
  skip(reason: SkipReason): void {
    this.#count();
    this.#skip(reason);
  }

  /** Refuses a sample, or all of what stands at the position. */
  refuse(index: number, field: string, code: RefusalCode, message: string): void {
    this.refused.push({ index, field, code, message });
  }

  /** As `refuse`, for a sample that `add` has not seen. */
  refuseSample(index: number, field: string, code: RefusalCode, message: string): void {
    this.#count();
    this.refuse(index, field, code, message);
  }

  /** Takes all of another batch in, as what stands at one position here. */
  append(other: SampleBatch, position: number): void {
    for (const point of other.points) {
      this.points.push(point);
      this.positions.push(position);
    }
    for (const refusal of other.refused) this.refused.push({ ...refusal, index: position });
    for (const series of other.series) this.series.push(series);
    for (const [outcome, series] of other.origins) this.origins.set(outcome, series);
    for (const [reason, count] of other.skipped) {
      this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + count);
    }
    this.#size += other.size;
  }

  #skip(reason: SkipReason): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  #count(): void {
    if (++this.#size <= SAMPLES_PER_REQUEST_MAX) return;
    throw new Problem(
      "SAMPLES_TOO_MANY",
      `Cannot take more than ${SAMPLES_PER_REQUEST_MAX} samples in one request`,
      { limit: SAMPLES_PER_REQUEST_MAX },
    );
  }
}
