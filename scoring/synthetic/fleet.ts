import { createRandom } from "../numeric/mod.ts";
import { disturbanceOf, type Injection } from "./disturbance.ts";
import { INJECTION_KINDS, type InjectionKind } from "./injection_kinds.ts";
import { SYNTHETIC_METRICS } from "./metrics.ts";
import { drawInjections, INJECTION_ROWS_MIN, type SyntheticLabel } from "./schedule.ts";
import { makeTelemetry } from "./telemetry.ts";

/** Time between two rows, ms. */
export const SYNTHETIC_BUCKET_MS = 300_000;
/** Event time of every device's first row: a Monday's midnight, 2026-01-05 UTC. */
export const SYNTHETIC_START_AT = 1_767_571_200_000;
/** So many devices have a random stream of their own under every seed. */
export const DEVICES_MAX = 1_048_576;

const DAY_ROWS = 288;
const DAYS_MAX = 3_660;
const SEED_MAX = 4_294_967_295;

export interface FleetOptions {
  /** An integer from 0 to 2³² − 1. */
  readonly seed: number;
  /** 1 to 3,660; behind the training part there must be room for one injection of each kind. */
  readonly days: number;
  /** Days at the start without any injection, from 0. */
  readonly trainingDays: number;
  /** Kinds that are injected; all where not given, none for an empty list. */
  readonly kinds?: readonly InjectionKind[];
}

/** Telemetry of one device with its ground truth. */
export interface SyntheticDevice {
  /** As "device_01". */
  readonly device: string;
  readonly rowCount: number;
  /** Rows at the start that have no injection. */
  readonly trainingRows: number;
  /** Event time of each row, ms. */
  readonly times: Float64Array;
  /** Row by row, in the order of `SYNTHETIC_METRICS`. */
  readonly values: Float64Array;
  /** In order of time; they do not overlap. */
  readonly labels: readonly SyntheticLabel[];
}

/**
 * Makes one device of a fleet. It depends on the options and its index alone, not on how many others
 * there are; the same options give the same bytes.
 *
 * @param index From 0 to before `DEVICES_MAX`.
 * @throws {RangeError} Naming the option that is out of its range.
 */
export function makeDevice(options: FleetOptions, index: number): SyntheticDevice {
  checkOptions(options, index);
  const { seed, days, trainingDays, kinds = INJECTION_KINDS } = options;
  const device = `device_${String(index + 1).padStart(2, "0")}`;
  const rowCount = days * DAY_ROWS;
  const trainingRows = trainingDays * DAY_ROWS;
  // Injections have a stream of their own: with other kinds the same device comes out.
  const stream = 2 * (seed * DEVICES_MAX + index);
  const injections = kinds.length === 0
    ? []
    : drawInjections(createRandom(stream + 1), kinds, trainingRows, rowCount);
  const disturbance = disturbanceOf(injections, rowCount, SYNTHETIC_METRICS.length);
  return {
    device,
    rowCount,
    trainingRows,
    times: Float64Array.from({ length: rowCount }, (_, row) => timeOf(row)),
    values: makeTelemetry(createRandom(stream), rowCount, disturbance),
    labels: injections.map((injection) => labelOf(device, injection)),
  };
}

/** The devices of a fleet one after the other; only one is held at a time. */
export function* makeFleet(
  options: FleetOptions,
  deviceCount: number,
): Generator<SyntheticDevice> {
  for (let index = 0; index < deviceCount; index++) yield makeDevice(options, index);
}

function timeOf(row: number): number {
  return SYNTHETIC_START_AT + row * SYNTHETIC_BUCKET_MS;
}

function labelOf(device: string, { kind, metrics, firstRow, rows }: Injection): SyntheticLabel {
  return {
    device,
    kind,
    metrics: metrics.map((metric) => SYNTHETIC_METRICS[metric].name),
    from: timeOf(firstRow),
    until: timeOf(firstRow + rows),
  };
}

function checkOptions({ seed, days, trainingDays, kinds }: FleetOptions, index: number): void {
  checkInteger("seed", seed, 0, SEED_MAX);
  checkInteger("index", index, 0, DEVICES_MAX - 1);
  checkInteger("trainingDays", trainingDays, 0, DAYS_MAX);
  const kindCount = (kinds ?? INJECTION_KINDS).length;
  const injectedDays = Math.floor(kindCount * INJECTION_ROWS_MIN / DAY_ROWS) + 1;
  checkInteger("days", days, Math.max(1, trainingDays + injectedDays), DAYS_MAX);
}

function checkInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(
    `Cannot make device as ${name} must be an integer in [${min}, ${max}]: current value is ${value}`,
  );
}
