import { isWithin, rangeText, type ValueRange } from "../../contract/mod.ts";
import type { TelemetryPoint } from "../../point.ts";
import { FUTURE_MS_MAX } from "../limits.ts";
import type { EdgeStore, MetricProfile, PointKey, Vocabulary } from "../store.ts";
import { quoted, type Refusal, type RefusalCode } from "../wire/mod.ts";
import type { DeviceSession } from "./device_session.ts";
import { featureBudget } from "./feature_budget.ts";
import { differs, tooFarAhead } from "./refusal_messages.ts";

/** A point and its position in the request. */
export interface IndexedPoint {
  readonly index: number;
  readonly point: TelemetryPoint;
}

/** What becomes of a device's points in one request. */
export interface Admission {
  readonly accepted: readonly TelemetryPoint[];
  readonly duplicates: number;
  readonly refused: readonly Refusal[];
}

/** A point whose instant may be stored already, or be in this request twice. */
interface Doubtful extends IndexedPoint {
  readonly metric: MetricProfile;
}

/**
 * Sorts a device's points into new, already known and refused. A point newer than all of its series is
 * new without a look-up; others are compared with what is stored and with each other.
 */
export async function admit(
  store: EdgeStore,
  session: DeviceSession,
  points: readonly IndexedPoint[],
  now: number,
): Promise<Admission> {
  const admission = new OpenAdmission(session, points, now);
  for (const indexed of points) admission.take(indexed);
  if (admission.doubtful.length > 0) {
    const keys = admission.doubtful.map(keyOf);
    admission.settleDoubts(await store.findValues(session.profile.deviceId, keys));
  }
  return admission;
}

function keyOf({ metric, point }: Doubtful): PointKey {
  return { metricId: metric.metricId, at: point.at };
}

class OpenAdmission implements Admission {
  readonly accepted: TelemetryPoint[] = [];
  readonly refused: Refusal[] = [];
  readonly doubtful: Doubtful[] = [];
  duplicates = 0;
  /** By metric id: newest instant that is stored. */
  readonly #storedAt: ReadonlyMap<string, number>;
  /** The same of what was taken from this request. */
  readonly #takenAt = new Map<string, number>();
  readonly #metrics: Vocabulary;
  readonly #earliest: number;
  readonly #latest: number;

  constructor(session: DeviceSession, points: readonly IndexedPoint[], now: number) {
    this.#storedAt = session.newestAt;
    this.#metrics = session.profile.metrics;
    this.#latest = now + FUTURE_MS_MAX;
    const instants = points.map(({ point }) => point.at).filter((at) => at <= this.#latest);
    const budgets = session.plans.map((plan) => featureBudget(instants, plan));
    this.#earliest = Math.max(-Infinity, ...budgets);
  }

  take(indexed: IndexedPoint): void {
    const { index, point } = indexed;
    const metric = this.#metrics.get(point.metric);
    if (metric === undefined) {
      const message = `Cannot find a metric named ${quoted(point.metric)}`;
      return this.#refuse(index, "metric", "METRIC_UNKNOWN", message);
    }
    if (point.at > this.#latest) {
      return this.#refuse(index, "at", "FUTURE_TIMESTAMP", tooFarAhead(point.at));
    }
    if (point.at < this.#earliest) {
      const message = `Cannot take ${point.at} as an instant: ` +
        "it is too far behind the newest of the request, send it in one of its own";
      return this.#refuse(index, "at", "SPAN_TOO_LONG", message);
    }
    if (!isWithin(boundsOf(metric), point.value)) {
      return this.#refuse(index, "value", "VALUE_OUT_OF_RANGE", outOfRange(metric, point));
    }
    const newestAt = this.#takenAt.get(metric.metricId) ?? this.#storedAt.get(metric.metricId);
    if (newestAt !== undefined && point.at <= newestAt) {
      this.doubtful.push({ ...indexed, metric });
      return;
    }
    this.#takenAt.set(metric.metricId, point.at);
    this.accepted.push(point);
  }

  /** @param stored Values stored at the instants of `doubtful`. */
  settleDoubts(stored: readonly (number | undefined)[]): void {
    const taken = new Map(this.accepted.map((point) => [instantOf(point), point.value]));
    this.doubtful.forEach(({ index, point }, position) => {
      const known = stored[position] ?? taken.get(instantOf(point));
      if (known === undefined) {
        taken.set(instantOf(point), point.value);
        this.accepted.push(point);
      } else if (known === point.value) this.duplicates++;
      else this.#refuse(index, "at", "DUPLICATE_TIMESTAMP", differs(point, known));
    });
  }

  #refuse(index: number, field: string, code: RefusalCode, message: string): void {
    this.refused.push({ index, field, code, message });
  }
}

function boundsOf({ minValue, maxValue }: MetricProfile): ValueRange {
  return { min: minValue, max: maxValue };
}

function outOfRange(metric: MetricProfile, point: TelemetryPoint): string {
  return `Cannot take ${point.value} as a value of ${quoted(point.metric)}: ` +
    `wanted ${rangeText(boundsOf(metric))}`;
}

/** Metric names have no control characters, so the pair is told apart. */
function instantOf(point: TelemetryPoint): string {
  return `${point.at}\n${point.metric}`;
}
