import type { TelemetryPoint } from "../../scoring/point.ts";
import type { DemoDevice } from "./catalogue.ts";

/** Share of each series that models are fitted on, from its start. */
export const TRAINING_SHARE = 0.15;

/** A device's whole series, in the order of its file, which is ascending by event time. */
export interface DemoSeries {
  readonly device: DemoDevice;
  readonly points: readonly TelemetryPoint[];
  /** Points before this index are training. */
  readonly trainingCount: number;
}

/** Reads a device's series from the files that ship with the demo. */
export async function readSeries(device: DemoDevice): Promise<DemoSeries> {
  const text = await gunzip(new URL(`./data/${device.name}.csv.gz`, import.meta.url));
  const points = parseSeries(device, text);
  return { device, points, trainingCount: Math.floor(points.length * TRAINING_SHARE) };
}

/**
 * Parses `timestamp,value` lines; timestamps carry no zone and are read as UTC.
 *
 * @throws {SyntaxError} naming the line that is neither.
 */
export function parseSeries(device: DemoDevice, text: string): TelemetryPoint[] {
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.slice(1).map((line, index) => {
    const [timestamp, value] = line.split(",");
    const at = Date.parse(timestamp.replace(" ", "T") + "Z");
    const point = { device: device.name, metric: device.metric, at, value: Number(value) };
    if (Number.isFinite(at) && value && Number.isFinite(point.value)) return point;
    throw new SyntaxError(`Cannot read line ${index + 2} of series "${device.name}": "${line}"`);
  });
}

/**
 * Merges series into requests of at most `size` points, by event time; points of one series keep their
 * order.
 */
export function* mergeByTime(
  series: readonly (readonly TelemetryPoint[])[],
  size: number,
): Generator<TelemetryPoint[]> {
  // Array.prototype.toSorted is stable, so equal instants stay in their series' order.
  const merged = series.flat().toSorted((a, b) => a.at - b.at);
  for (let start = 0; start < merged.length; start += size) {
    yield merged.slice(start, start + size);
  }
}

/** Points of a series after the last one that is stored already. */
export function pointsAfter(
  points: readonly TelemetryPoint[],
  lastAt: number | undefined,
): readonly TelemetryPoint[] {
  return lastAt === undefined ? points : points.filter((point) => point.at > lastAt);
}

async function gunzip(url: URL): Promise<string> {
  const compressed = await Deno.readFile(url);
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}
