import { SYNTHETIC_METRICS, type SyntheticDevice } from "../../scoring/synthetic/mod.ts";
import { kindRangesOf } from "./subject.ts";

/** Writes a fleet as a collection of `deno task evaluate`. */
export interface FleetFolder {
  write(device: SyntheticDevice): Promise<void>;
  /** Writes labels.json, which evaluate reads, and truth.json with kinds, metrics and times. */
  finish(): Promise<void>;
}

export async function openFleetFolder(path: string): Promise<FleetFolder> {
  await Deno.mkdir(path, { recursive: true });
  const labels: Record<string, unknown> = {};
  const truth: unknown[] = [];
  return {
    async write(device) {
      const { device: name, rowCount, trainingRows } = device;
      await Deno.writeTextFile(`${path}/${name}.csv`, csvText(device));
      const ranges = kindRangesOf(device, 0).map(({ range }) => range);
      labels[name] = { rows: rowCount, train_rows: trainingRows, ranges };
      for (const { from, until, ...label } of device.labels) {
        truth.push({ ...label, from: timeText(from), until: timeText(until) });
      }
    },
    async finish() {
      await Deno.writeTextFile(`${path}/labels.json`, JSON.stringify(labels, null, 2) + "\n");
      await Deno.writeTextFile(`${path}/truth.json`, JSON.stringify(truth, null, 2) + "\n");
    },
  };
}

function csvText({ rowCount, times, values }: SyntheticDevice): string {
  const width = SYNTHETIC_METRICS.length;
  const lines = [["timestamp", ...SYNTHETIC_METRICS.map(({ name }) => name)].join(",")];
  for (let row = 0; row < rowCount; row++) {
    const cells = values.subarray(row * width, (row + 1) * width);
    lines.push(`${timeText(times[row])},${cells.join(",")}`);
  }
  return lines.join("\n") + "\n";
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
