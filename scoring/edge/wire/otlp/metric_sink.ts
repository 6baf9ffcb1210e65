import type { SampleBatch } from "../../intake/mod.ts";
import type { MetricKind } from "../../mapping/mod.ts";
import { SERIES_PER_REQUEST_MAX } from "../limits.ts";
import { Problem } from "../problem.ts";

/** Attributes of a sender that rules can see; those of its data points are limited as labels are. */
export const RESOURCE_ATTRIBUTES_MAX = 128;

/** As many metrics as series, each in a scope and resource of its own. */
const GROUPS_MAX = 3 * SERIES_PER_REQUEST_MAX;

/** How values of one stream add up: since its start, or since the value before. */
export const TEMPORALITY = { delta: 1, cumulative: 2 } as const;

/** Flag of a data point that measured nothing. */
const NO_RECORDED_VALUE = 1;

/** A metric as OTLP describes it. */
export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly resource: ReadonlyMap<string, string>;
  readonly kind: MetricKind;
}

/** What data points of all shapes have in common. */
export interface OtlpPoint {
  readonly attributes: ReadonlyMap<string, string>;
  /** Why its attributes cannot be taken. */
  readonly fault: string | undefined;
  readonly timeUnixNano: bigint;
  readonly flags: number;
}

/** What only grows is a counter; a sum since the value before is taken as it is. */
export function kindOfSum(temporality: number, isMonotonic: boolean): MetricKind {
  return temporality === TEMPORALITY.cumulative && isMonotonic ? "counter" : "gauge";
}

/**
 * Takes data points, whatever encoding they came in, into a batch. Positions count data points, as the
 * sender does.
 */
export class MetricSink {
  /** Data points so far. */
  dataPoints = 0;

  #groups = 0;

  constructor(readonly batch: SampleBatch) {}

  /**
   * Counts a resource, scope or metric, which may be without data points.
   * @throws {Problem} When there are too many.
   */
  enterGroup(): void {
    if (++this.#groups <= GROUPS_MAX) return;
    const message = `Cannot take more than ${GROUPS_MAX} resources, scopes and metrics`;
    throw new Problem("SAMPLES_TOO_MANY", message, { limit: GROUPS_MAX });
  }

  /** A point of a gauge or sum; without a value it has measured nothing. */
  number(metric: OtlpMetric, point: OtlpPoint, value: number | undefined): void {
    this.#take(point, (position) => {
      if (value === undefined) this.batch.skip("no_value");
      else this.#add(metric, point, position, value);
    });
  }

  /** A point of a histogram of either form: how often, and the sum of what was measured. */
  histogram(
    metric: OtlpMetric,
    point: OtlpPoint,
    count: number,
    sum: number | undefined,
  ): void {
    this.#take(point, (position) => this.#countAndSum(metric, point, position, { count, sum }));
  }

  /** A point of a summary; its quantiles are gauges. */
  summary(
    metric: OtlpMetric,
    point: OtlpPoint,
    { count, sum, quantiles }: {
      readonly count: number;
      readonly sum: number;
      readonly quantiles: readonly (readonly [quantile: number, value: number])[];
    },
  ): void {
    this.#take(point, (position) => {
      this.#countAndSum(metric, point, position, { count, sum });
      for (const [quantile, value] of quantiles) {
        const attributes = new Map(point.attributes).set("quantile", String(quantile));
        this.#add({ ...metric, kind: "gauge" }, { ...point, attributes }, position, value);
      }
    });
  }

  #take(point: OtlpPoint, add: (position: number) => void): void {
    const position = this.dataPoints++;
    if (point.fault !== undefined) {
      this.batch.refuseSample(position, "attributes", "LABELS_INVALID", point.fault);
    } else if ((point.flags & NO_RECORDED_VALUE) !== 0) this.batch.skip("no_value");
    else add(position);
  }

  #countAndSum(
    metric: OtlpMetric,
    point: OtlpPoint,
    position: number,
    { count, sum }: { readonly count: number; readonly sum: number | undefined },
  ): void {
    this.#add({ ...metric, name: `${metric.name}_count`, unit: "" }, point, position, count);
    if (sum === undefined) return;
    this.#add({ ...metric, name: `${metric.name}_sum` }, point, position, sum);
  }

  #add(metric: OtlpMetric, point: OtlpPoint, position: number, value: number): void {
    const { name, unit, resource, kind } = metric;
    const labels = point.attributes;
    const series = this.batch.map({ source: "otlp", name, unit, resource, labels, kind });
    this.batch.add(series, position, Number(point.timeUnixNano / NANOS_PER_MS), value);
  }
}

const NANOS_PER_MS = 1_000_000n;
