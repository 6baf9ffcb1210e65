import type { Matrix } from "../../../forest/mod.ts";
import type { Algorithm } from "../../algorithm.ts";
import { seriesAlgorithm, type SeriesWatch } from "../../frame/mod.ts";

/** A rule on how many rows in a row a column keeps doing the same. */
export interface RunRule {
  readonly name: string;
  readonly source: string;
  /** Rows from which it alerts, where it is not told. */
  readonly rows: number;
  readonly help: string;
  /** True where a value goes on with what the one before has begun; the first has NaN before it. */
  goesOn(value: number, before: number): boolean;
  /** Rows that a run has at its first value. */
  readonly first: 0 | 1;
}

/** Longer runs are for a search over stored data. */
const RUN_ROWS_MAX = 100_000;

/** Columns that did nothing else in training are passed over: 0 for those. */
interface Watched {
  readonly columns: Uint8Array;
}

/**
 * The method of a rule: the longest run of a column, over the rows from which it alerts, and 1 from
 * there on. A column that did nothing else in training is passed over.
 */
export function runAlgorithm(rule: RunRule): Algorithm {
  const parameters = {
    rows: { default: rule.rows, min: 1, max: RUN_ROWS_MAX, integer: true, help: rule.help },
  };
  return seriesAlgorithm<typeof parameters, Watched>({
    name: rule.name,
    source: rule.source,
    parameters,
    version: 1,
    scale: "relative",
    fit: (rows) => ({ columns: watchedColumns(rows, rule) }),
    lookbackRows: (_, { rows }) => rows,
    watch: ({ columns }, _, { rows }) => watchRuns(columns, rows, rule),
    // Between the last two steps, as an alert begins above its threshold.
    alerts({ rows }) {
      const threshold = (rows - 0.5) / rows;
      return { threshold, release: threshold };
    },
    write: ({ columns }, writer) => writer.bytes(columns),
    read: (reader, columnCount) => ({ columns: reader.bytes("columns", columnCount, { max: 1 }) }),
  });
}

function watchedColumns(
  { data, rowCount, columnCount }: Matrix,
  { goesOn, first }: RunRule,
): Uint8Array<ArrayBuffer> {
  const columns = new Uint8Array(columnCount);
  // A run that begins with its first value says nothing there.
  for (let i = first * columnCount; i < rowCount * columnCount; i++) {
    if (!goesOn(data[i], data[i - columnCount] ?? NaN)) columns[i % columnCount] = 1;
  }
  return columns;
}

function watchRuns(
  columns: Uint8Array,
  rows: number,
  { goesOn, first }: RunRule,
): SeriesWatch<Watched> {
  const before = new Float64Array(columns.length).fill(NaN);
  const runs = new Uint32Array(columns.length);
  return {
    push(row) {
      let longest = 0;
      for (let column = 0; column < columns.length; column++) {
        const run = goesOn(row[column], before[column]) ? runs[column] + 1 : first;
        // Bounded, so that it depends on so many rows and no more.
        runs[column] = Math.min(run, rows);
        before[column] = row[column];
        if (columns[column] === 1) longest = Math.max(longest, runs[column]);
      }
      return longest / rows;
    },
    explain(parts) {
      for (let column = 0; column < columns.length; column++) {
        parts[column] = columns[column] * runs[column] / rows;
      }
    },
  };
}
