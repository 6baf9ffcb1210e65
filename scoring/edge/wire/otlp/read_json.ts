import { isObject, parseJson } from "../json.ts";
import type { JsonShape } from "../json_shape.ts";
import { Problem, quoted } from "../problem.ts";
import { type AttributeTaker, PointAttributes, ResourceAttributes } from "./attributes.ts";
import { kindOfSum, type MetricSink, type OtlpMetric, type OtlpPoint } from "./metric_sink.ts";
import { QUANTILES_MAX } from "./read_protobuf.ts";

type Json = Readonly<Record<string, unknown>>;

/** 10,000 data points of half a dozen attributes, each of which is two objects. */
const OTLP_SHAPE: JsonShape = { containersMax: 150_000, membersMax: 400_000 };

/**
 * Reads an `ExportMetricsServiceRequest` in its JSON form into the sink: numbers of 64 bits may be
 * texts, fields that are not known are passed over.
 * @throws {Problem} When it is no such message.
 */
export function readOtlpJson(bytes: Uint8Array, sink: MetricSink): void {
  const request = objectOf(parseJson(bytes, OTLP_SHAPE), "the body");
  for (const resourceMetrics of listOf(request.resourceMetrics, "resourceMetrics")) {
    const resource = new ResourceAttributes();
    const { attributes } = objectOf(resourceMetrics.resource ?? {}, "resource");
    readAttributes(attributes, resource);
    for (const scopeMetrics of listOf(resourceMetrics.scopeMetrics, "scopeMetrics")) {
      for (const metric of listOf(scopeMetrics.metrics, "metrics")) {
        readMetric(metric, resource.attributes, sink);
      }
    }
  }
}

function readMetric(metric: Json, resource: ReadonlyMap<string, string>, sink: MetricSink): void {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  const described = { name: textOf(metric.name), unit: textOf(metric.unit), resource };
  for (const point of pointsOf(gauge)) {
    sink.number({ ...described, kind: "gauge" }, commonOf(point), valueOf(point));
  }
  for (const point of pointsOf(sum)) {
    sink.number({ ...described, kind: kindOf(sum, false) }, commonOf(point), valueOf(point));
  }
  for (const data of [histogram, exponentialHistogram]) {
    const metric: OtlpMetric = { ...described, kind: kindOf(data, true) };
    for (const point of pointsOf(data)) {
      const total = isAbsent(point.sum) ? undefined : numberOf(point.sum);
      sink.histogram(metric, commonOf(point), numberOf(point.count ?? 0), total);
    }
  }
  for (const point of pointsOf(summary)) {
    readSummary(point, { ...described, kind: "counter" }, sink);
  }
}

function readSummary(point: Json, metric: OtlpMetric, sink: MetricSink): void {
  const quantiles = listOf(point.quantileValues, "quantileValues").slice(0, QUANTILES_MAX)
    .map(({ quantile = 0, value = 0 }) => [numberOf(quantile), numberOf(value)] as const);
  const [count, sum] = [numberOf(point.count ?? 0), numberOf(point.sum ?? 0)];
  sink.summary(metric, commonOf(point), { count, sum, quantiles });
}

function pointsOf(data: unknown): readonly Json[] {
  return isAbsent(data) ? [] : listOf(objectOf(data, "data").dataPoints, "dataPoints");
}

const TEMPORALITIES: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [1, 1],
  [2, 2],
  ["AGGREGATION_TEMPORALITY_DELTA", 1],
  ["AGGREGATION_TEMPORALITY_CUMULATIVE", 2],
]);

function kindOf(data: unknown, isHistogram: boolean) {
  if (!isObject(data)) return "gauge";
  const { aggregationTemporality, isMonotonic } = data;
  return kindOfSum(
    TEMPORALITIES.get(aggregationTemporality) ?? 0,
    isHistogram || isMonotonic === true,
  );
}

function commonOf(point: Json): OtlpPoint {
  const taker = new PointAttributes();
  readAttributes(point.attributes, taker);
  return {
    attributes: taker.attributes,
    fault: taker.fault,
    timeUnixNano: nanosOf(point.timeUnixNano),
    flags: typeof point.flags === "number" ? point.flags : 0,
  };
}

function readAttributes(attributes: unknown, taker: AttributeTaker): void {
  for (const { key, value } of listOf(attributes, "attributes")) {
    taker.add(textOf(key), isObject(value) ? scalarText(value) : undefined);
  }
}

function scalarText({ stringValue, boolValue, intValue, doubleValue }: Json): string | undefined {
  const scalar = stringValue ?? boolValue ?? intValue ?? doubleValue;
  const isScalar = ["string", "boolean", "number"].includes(typeof scalar);
  return isScalar ? String(scalar) : undefined;
}

function valueOf({ asDouble, asInt }: Json): number | undefined {
  const value = asDouble ?? asInt;
  return isAbsent(value) ? undefined : numberOf(value);
}

/** A number, or the text of one: those of 64 bits, "NaN" and "Infinity" come so. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  const isNumeric = typeof value === "string" && value.trim() !== "" && value.length <= 40;
  if (isNumeric && (value === "NaN" || !Number.isNaN(Number(value)))) return Number(value);
  throw wanted("a number", value);
}

function nanosOf(value: unknown): bigint {
  if (isAbsent(value)) return 0n;
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return BigInt(value);
  throw wanted("timeUnixNano", value);
}

function textOf(value: unknown): string {
  if (isAbsent(value)) return "";
  if (typeof value === "string") return value;
  throw wanted("a text", value);
}

function listOf(value: unknown, what: string): readonly Json[] {
  if (isAbsent(value)) return [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw wanted(`${what} as a list of objects`, value);
}

function objectOf(value: unknown, what: string): Json {
  if (isObject(value)) return value;
  throw wanted(`${what} as an object`, value);
}

/** Protobuf's JSON has null for a field that is not set. */
function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function wanted(what: string, found: unknown): Problem {
  return new Problem("OTLP_INVALID", `Cannot find ${what}: found ${quoted(found)}`);
}
