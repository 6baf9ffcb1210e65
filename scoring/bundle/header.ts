import { findAlgorithm } from "../algorithm/mod.ts";
import {
  type Calibration,
  isForestAlgorithm,
  type ModelProvenance,
  TAIL_QUANTILES,
} from "../detect/mod.ts";
import {
  type FeaturePlan,
  type FeatureSpec,
  PLAN_FEATURES_MAX,
  PLAN_METRICS_MAX,
  type PlannedMetric,
  validatePlan,
} from "../features/mod.ts";
import { ANY_PERIOD } from "../time/mod.ts";
import {
  readArray,
  readFinite,
  readInteger,
  readObject,
  readOneOf,
  readString,
  refuse,
} from "./json_reader.ts";

/** What a bundle says of its model before any forest is read. */
export interface BundleHeader {
  readonly detectorId: string;
  readonly entityId: string;
  readonly plan: FeaturePlan;
  readonly provenance: ModelProvenance;
  /** The first is always `any`. */
  readonly sections: readonly SectionEntry[];
}

/** Where the forest of one period is, and all of its section that is not forest. */
export interface SectionEntry {
  readonly period: string;
  /** Counted from the end of the header. */
  readonly offset: number;
  readonly length: number;
  /** Of the section's bytes, 64 hex digits. */
  readonly sha256: string;
  readonly calibration: Calibration;
}

/** Periods of a week; the shipped calendars have six sections. */
const SECTIONS_MAX = 64;
/** No algorithm has as many parameters. */
const PARAMETERS_MAX = 64;

/**
 * The header as its bytes; the order of keys is fixed, so that equal headers have equal bytes.
 *
 * @throws {RangeError} Naming the field that breaks a rule of `readHeader`.
 */
export function writeHeader(header: BundleHeader): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(ordered(header));
  readHeaderText(text);
  return new TextEncoder().encode(text);
}

/**
 * The header that bytes say, once it is known to be sound and written as `writeHeader` would.
 *
 * @throws {RangeError | SyntaxError | TypeError} Naming what is wrong.
 */
export function readHeader(bytes: Uint8Array): BundleHeader {
  return readHeaderText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}

function readHeaderText(text: string): BundleHeader {
  const fields = readObject(JSON.parse(text), "header");
  const plan = readPlan(fields.plan);
  validatePlan(plan);
  const features = plan.features.length;
  const header: BundleHeader = {
    detectorId: readString(fields.detectorId, "detectorId"),
    entityId: readString(fields.entityId, "entityId"),
    plan,
    provenance: readProvenance(fields.provenance),
    sections: readArray(
      fields.sections,
      "sections",
      SECTIONS_MAX,
      (value, path) => readSection(value, path, features),
    ),
  };
  checkSections(header.sections);
  if (isForestAlgorithm(header.provenance.algorithm)) checkForestScores(header.sections);
  // One writing for one meaning: nothing unknown, twice or out of order can hide in a header.
  if (JSON.stringify(ordered(header)) !== text) {
    throw new RangeError("Cannot read header as it must be written in its fixed form");
  }
  return header;
}

/** Sections follow one another without a gap, `any` first, each period once. */
function checkSections(sections: readonly SectionEntry[]): void {
  if (sections[0]?.period !== ANY_PERIOD) {
    refuse("sections[0].period", `be "${ANY_PERIOD}"`, sections[0]?.period);
  }
  let end = 0;
  const periods = new Set<string>();
  sections.forEach(({ period, offset, length }, i) => {
    if (periods.has(period)) refuse(`sections[${i}].period`, "not be there twice", period);
    periods.add(period);
    if (offset !== end) refuse(`sections[${i}].offset`, `be ${end}`, offset);
    end += length;
  });
}

/** The scores of forests are in (0, 1]; those of other algorithms may have a scale of their own. */
function checkForestScores(sections: readonly SectionEntry[]): void {
  sections.forEach(({ calibration: { quantiles } }, i) => {
    quantiles.forEach((score, step) => {
      if (score >= 0 && score <= 1) return;
      refuse(`sections[${i}].calibration.quantiles[${step}]`, "be in [0, 1]", score);
    });
  });
}

/** Copies with all keys in the bundle's order. */
function ordered({ detectorId, entityId, plan, provenance, sections }: BundleHeader): unknown {
  return {
    detectorId,
    entityId,
    plan: {
      bucketMs: plan.bucketMs,
      metrics: plan.metrics.map(({ name, kind }) => ({ name, kind })),
      features: plan.features.map(({ metric, transform, window }) => ({
        metric,
        transform,
        window,
      })),
      memoryBuckets: plan.memoryBuckets,
    },
    provenance: orderedProvenance(provenance),
    sections: sections.map(({ period, offset, length, sha256, calibration }) => ({
      period,
      offset,
      length,
      sha256,
      calibration: orderedCalibration(calibration),
    })),
  };
}

function orderedProvenance(provenance: ModelProvenance): ModelProvenance {
  return {
    algorithm: provenance.algorithm,
    parameters: provenance.parameters,
    seed: provenance.seed,
    trainedFrom: provenance.trainedFrom,
    trainedUntil: provenance.trainedUntil,
    rows: provenance.rows,
    thresholdMode: provenance.thresholdMode,
    contamination: provenance.contamination,
    pagesPerWeek: provenance.pagesPerWeek,
  };
}

function orderedCalibration(calibration: Calibration): Calibration {
  return {
    rows: calibration.rows,
    quantiles: calibration.quantiles,
    meanExcess: calibration.meanExcess,
    threshold: calibration.threshold,
    release: calibration.release,
    saturation: calibration.saturation,
    medians: calibration.medians,
    deviations: calibration.deviations,
  };
}

function readPlan(value: unknown): FeaturePlan {
  const plan = readObject(value, "plan");
  return {
    bucketMs: readInteger(plan.bucketMs, "plan.bucketMs", 1),
    metrics: readArray(plan.metrics, "plan.metrics", PLAN_METRICS_MAX, readMetric),
    features: readArray(plan.features, "plan.features", PLAN_FEATURES_MAX, readFeature),
    ...(plan.memoryBuckets === undefined
      ? {}
      : { memoryBuckets: readInteger(plan.memoryBuckets, "plan.memoryBuckets", 1) }),
  };
}

function readMetric(value: unknown, path: string): PlannedMetric {
  const metric = readObject(value, path);
  return {
    name: readString(metric.name, `${path}.name`),
    kind: readOneOf(metric.kind, `${path}.kind`, ["gauge", "counter"]),
  };
}

/** Whether the transform is one and its window fits is for `validatePlan` to say. */
function readFeature(value: unknown, path: string): FeatureSpec {
  const feature = readObject(value, path);
  const { window } = feature;
  return {
    metric: readString(feature.metric, `${path}.metric`),
    transform: readString(feature.transform, `${path}.transform`) as FeatureSpec["transform"],
    ...(window === undefined ? {} : { window: readInteger(window, `${path}.window`, 0) }),
  };
}

function readProvenance(value: unknown): ModelProvenance {
  const fields = readObject(value, "provenance");
  const integer = (name: string, least: number) =>
    readInteger(fields[name], `provenance.${name}`, least);
  return {
    algorithm: readAlgorithm(fields.algorithm, "provenance.algorithm"),
    parameters: readParameterValues(fields.parameters, "provenance.parameters"),
    seed: integer("seed", 0),
    trainedFrom: integer("trainedFrom", Number.MIN_SAFE_INTEGER),
    trainedUntil: integer("trainedUntil", Number.MIN_SAFE_INTEGER),
    rows: integer("rows", 1),
    thresholdMode: readOneOf(fields.thresholdMode, "provenance.thresholdMode", [
      "AUTO",
      "CONTAMINATION",
      "TUNED",
      "BUDGET",
    ]),
    contamination: readFinite(fields.contamination, "provenance.contamination"),
    pagesPerWeek: readFinite(fields.pagesPerWeek, "provenance.pagesPerWeek"),
  };
}

function readAlgorithm(value: unknown, path: string): string {
  const name = readString(value, path);
  if (isForestAlgorithm(name) || findAlgorithm(name)) return name;
  return refuse(path, "be an algorithm that is known here", name);
}

/** By name, in the order in which they were written. */
function readParameterValues(value: unknown, path: string): Record<string, number> {
  const entries = Object.entries(readObject(value, path));
  if (entries.length > PARAMETERS_MAX) {
    refuse(path, `have at most ${PARAMETERS_MAX} entries`, entries.length);
  }
  return Object.fromEntries(
    entries.map(([name, given]) => [name, readFinite(given, `${path}.${name}`)]),
  );
}

function readSection(value: unknown, path: string, features: number): SectionEntry {
  const section = readObject(value, path);
  const sha256 = readString(section.sha256, `${path}.sha256`);
  if (!/^[0-9a-f]{64}$/.test(sha256)) refuse(`${path}.sha256`, "be 64 hex digits", sha256);
  return {
    period: readString(section.period, `${path}.period`),
    offset: readInteger(section.offset, `${path}.offset`, 0),
    length: readInteger(section.length, `${path}.length`, 1),
    sha256,
    calibration: readCalibration(section.calibration, `${path}.calibration`, features),
  };
}

function readCalibration(value: unknown, path: string, features: number): Calibration {
  const fields = readObject(value, path);
  const numbers = (name: string, count: number) => {
    const list = readArray(fields[name], `${path}.${name}`, count, readFinite);
    if (list.length !== count) refuse(`${path}.${name}`, `have ${count} entries`, list.length);
    return list;
  };
  const calibration = {
    rows: readInteger(fields.rows, `${path}.rows`, 1),
    quantiles: numbers("quantiles", TAIL_QUANTILES.length),
    meanExcess: readFinite(fields.meanExcess, `${path}.meanExcess`),
    threshold: readFinite(fields.threshold, `${path}.threshold`),
    release: readFinite(fields.release, `${path}.release`),
    saturation: readFinite(fields.saturation, `${path}.saturation`),
    medians: numbers("medians", features),
    deviations: numbers("deviations", features),
  };
  checkCalibration(calibration, path);
  return calibration;
}

/** What `tailOf` and `severityOf` stand on. */
function checkCalibration(calibration: Calibration, path: string): void {
  const { quantiles, meanExcess, threshold, release, saturation, deviations } = calibration;
  quantiles.forEach((score, i) => {
    const least = i === 0 ? -Infinity : quantiles[i - 1];
    if (score < least) refuse(`${path}.quantiles[${i}]`, `be at least ${least}`, score);
  });
  if (release > threshold) refuse(`${path}.release`, `be at most ${threshold}`, release);
  if (meanExcess <= 0) refuse(`${path}.meanExcess`, "be above 0", meanExcess);
  if (saturation <= 0 || saturation > 1) refuse(`${path}.saturation`, "be in (0, 1]", saturation);
  deviations.forEach((deviation, i) => {
    if (deviation < 0) refuse(`${path}.deviations[${i}]`, "be at least 0", deviation);
  });
}
