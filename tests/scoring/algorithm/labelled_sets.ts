/** Public labelled sets without time, by which methods for rows are measured. */
import type { Algorithm } from "../../../scoring/algorithm/mod.ts";
import { averagePrecision, markedRows, rocAuc } from "../../../scoring/evaluate/mod.ts";
import type { Matrix } from "../../../scoring/forest/mod.ts";
import { findCollections } from "../../../scripts/evaluate/collection.ts";
import { readSubject } from "../../../scripts/evaluate/subject.ts";
import { matrixOf } from "../../../scripts/evaluate/table.ts";

export interface LabelledSet {
  readonly name: string;
  readonly rows: Matrix;
  readonly labels: Uint8Array;
}

/** How well a method ranks, as means over sets and seeds. */
export interface Ranking {
  readonly auc: number;
  readonly averagePrecision: number;
}

/** Figures of all sets are means over them; those of the small sets, which are for tests, of one. */
export const SEEDS: readonly number[] = [1, 2, 3];
export const SMALL_SEEDS: readonly number[] = [1];

/** The sets of fewest rows, chosen by their size alone: all methods go through them in seconds. */
export const SMALL_SETS: readonly string[] = [
  "glass",
  "ionosphere",
  "stamps",
  "vertebral",
  "wdbc",
  "wine",
];

/** The sets of a folder of collections, as `deno task evaluate` reads it. */
export async function readLabelledSets(
  folder: string,
  names?: readonly string[],
): Promise<LabelledSet[]> {
  const sets: LabelledSet[] = [];
  for (const { kind, series } of await findCollections(folder, undefined)) {
    if (kind !== "tabular") continue;
    for (const files of series) {
      if (names && !names.includes(files.name)) continue;
      const rows = matrixOf((await readSubject(kind, files)).table);
      const labels = markedRows(rows.rowCount, files.labels?.ranges ?? []);
      sets.push({ name: files.name, rows, labels });
    }
  }
  return sets;
}

/** Each method is fitted to all rows of a set without their labels, and scores them. */
export function rankingOf(
  method: Algorithm,
  sets: readonly LabelledSet[],
  seeds: readonly number[],
): Ranking {
  const figures = sets.flatMap(({ rows, labels }) =>
    seeds.map((seed) => {
      const scores = method.fit(rows, { seed }).scoreBatch(rows);
      return [rocAuc(scores, labels), averagePrecision(scores, labels)];
    })
  );
  return {
    auc: meanOf(figures.map(([auc]) => auc)),
    averagePrecision: meanOf(figures.map(([, precision]) => precision)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
