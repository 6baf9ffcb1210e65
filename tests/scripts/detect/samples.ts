import type { Anomaly } from "../../../scripts/detect/anomalies.ts";
import { detect, type Detection, type DetectOptions } from "../../../scripts/detect/run.ts";
import { levelShift } from "../../../scoring/algorithm/process/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { distance } from "./distance.ts";
import { withFiles } from "./files.ts";

export interface Sample extends Partial<Omit<DetectOptions, "data" | "train">> {
  readonly data: string;
  readonly train?: string;
}

/** Detects in texts of CSV files, by methods that tests have. */
export async function detectIn({ data, train, ...options }: Sample): Promise<Detection> {
  const files: Record<string, string> = { "data.csv": data };
  if (train !== undefined) files["train.csv"] = train;
  let detection: Detection | undefined;
  await withFiles(files, async (pathOf) => {
    detection = await detect({
      trainRows: undefined,
      detector: {},
      seed: 1,
      top: 50,
      algorithms: [distance, levelShift],
      ...options,
      data: pathOf("data.csv"),
      train: train === undefined ? undefined : pathOf("train.csv"),
    });
  });
  return detection!;
}

/** Payments of which the 300th is odd in amount and country. */
export function payments(rowCount = 500, names = "amount,country"): string {
  const random = createRandom(3);
  const rows = Array.from(
    { length: rowCount },
    (_, row) =>
      row === 300
        ? "900,XX"
        : `${(50 + 20 * random.nextFloat()).toFixed(2)},${["AT", "DE"][random.below(2)]}`,
  );
  return [names, ...rows].join("\n");
}

/** A pump at one row a second, whose flow falls from row 600 to row 649. */
export function pump(rowCount = 900, names = "timestamp,flow,current"): string {
  const random = createRandom(4);
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const at = new Date(Date.UTC(2026, 0, 5, 10) + 1000 * row).toISOString();
    const flow = (row >= 600 && row < 650 ? 20 : 30) + random.nextFloat();
    return `${at},${flow.toFixed(3)},${(2 + random.nextFloat()).toFixed(3)}`;
  });
  return [names, ...rows].join("\n");
}

export function rowsOf(anomalies: readonly Anomaly[]): readonly number[] {
  return anomalies.map(({ row }) => row);
}
