import type { KindRange } from "../../scoring/evaluate/mod.ts";
import {
  SYNTHETIC_BUCKET_MS,
  SYNTHETIC_METRICS,
  type SyntheticDevice,
} from "../../scoring/synthetic/mod.ts";
import type { Subject } from "../evaluate/subject.ts";

/** A made-up device as a series with training rows at its start. */
export function subjectOf(device: SyntheticDevice): Subject {
  const { values, times, rowCount, trainingRows } = device;
  const columns = SYNTHETIC_METRICS.map(({ name }) => name);
  return {
    kind: "prefix",
    table: { columns, rowCount, values, times },
    trainRows: trainingRows,
    scoredFrom: trainingRows,
    cadenceMs: SYNTHETIC_BUCKET_MS,
  };
}

/** Its labels as rows, numbered from `firstRow`. */
export function kindRangesOf({ labels, times }: SyntheticDevice, firstRow: number): KindRange[] {
  const rowAt = (at: number) => (at - times[firstRow]) / SYNTHETIC_BUCKET_MS;
  return labels.map(({ kind, from, until }) => ({
    kind,
    range: [rowAt(from), rowAt(until) - 1],
  }));
}
