import type { Scorer } from "../../scoring/algorithm/mod.ts";
import type { CsvRecord } from "../kit/mod.ts";
import type { Contribution } from "./anomalies.ts";
import type { UsedColumn } from "./encoder.ts";
import type { ScoringContext } from "./scoring_context.ts";

/** Columns that an anomaly is told to be made of. */
const CONTRIBUTIONS_MAX = 3;

/** Tells what a row's score is made of, by its greatest parts. */
export function createDescriber(
  { table, training: { columns }, fitted, scale, algorithm }: ScoringContext,
) {
  // Codes are ranks of frequency: 0 is what most rows have.
  const usual = columns.map(({ codes }, column) => codes ? 0 : scale.medians[column]);
  const places = columns.map(({ name }) => table.columns.findIndex((one) => one.name === name));
  return ({ cells }: CsvRecord, vector: Float32Array, scorer: Scorer): Contribution[] => {
    // Rows of their own are scored in batches: the scorer has not seen this one yet.
    if (algorithm.input === "rows") {
      scorer = fitted.open();
      scorer.push(vector);
    }
    const parts = scorer.explain();
    const expected = scorer.expected?.() ?? usual;
    const sum = parts.reduce((total, part) => total + part, 0);
    return [...parts.keys()].filter((column) => parts[column] > 0)
      .sort((left, right) => parts[right] - parts[left] || left - right)
      .slice(0, CONTRIBUTIONS_MAX)
      .map((column) => ({
        column: columns[column].name,
        share: parts[column] / sum,
        value: told(
          columns[column],
          vector[column],
          cells[places[column]],
          Number(cells[places[column]]),
        ),
        expected: told(columns[column], expected[column]),
      }));
  };
}

/** A value of a column: its category, or its number with the digits of the file where it has any. */
function told(
  { codes }: UsedColumn,
  value: number,
  cell?: string,
  exact = value,
): number | string | null {
  if (Number.isNaN(value)) return null;
  if (codes) return cell ?? codes.categories[Math.max(0, Math.floor(value + 0.5))] ?? null;
  if (Number.isFinite(exact)) return exact;
  return cell ?? String(value);
}
