import { tableText } from "../kit/mod.ts";
import { MEASURES } from "./measure.ts";
import type { CollectionResult } from "./run.ts";

/** A row for each measure that some collection has, a column for each collection. */
export function reportText(results: readonly CollectionResult[]): string {
  const told = MEASURES.filter((name) => results.some(({ figures }) => name in figures));
  const facts: readonly (readonly string[])[] = [
    ["kind", ...results.map(({ kind }) => kind)],
    ["series", ...results.map(({ series }) => String(series))],
    ["rows", ...results.map(({ rows }) => String(rows))],
    ...told.map((name) => [name, ...results.map(({ figures }) => figureText(figures[name]))]),
    ["seconds", ...results.map(({ seconds }) => seconds.toFixed(1))],
    ["rows x metrics / s", ...results.map((one) => String(cellsPerSecond(one)))],
    ["µs / row and metric", ...results.map((one) => (1e6 * one.seconds / one.cells).toFixed(2))],
  ];
  return tableText(["", ...results.map(({ collection }) => collection)], facts);
}

export function cellsPerSecond({ cells, seconds }: CollectionResult): number {
  return Math.round(cells / Math.max(seconds, 1e-9));
}

function figureText(figure: number | undefined): string {
  if (figure === undefined) return "-";
  return Math.abs(figure) < 1 ? figure.toFixed(3) : figure.toFixed(1);
}
