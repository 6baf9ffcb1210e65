import { UsageError } from "../kit/mod.ts";

/** The numbers of a CSV file. */
export interface Table {
  /** Names of the columns without the time column. */
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** Row by row; NaN where a cell is not a number. */
  readonly values: Float64Array;
  /** Event time of each row, ms; undefined when the file has no time column. */
  readonly times: Float64Array | undefined;
}

/** Names under which a first column is taken for the time. */
const TIME_COLUMN = /^(?:timestamp|time|datetime|date|at)$/i;

/** True when the first of a file's columns is its time. */
export function hasTimeColumn(header: readonly string[]): boolean {
  return TIME_COLUMN.test(header[0]);
}

/** Reads a file of comma-separated values with one header line, gzip-compressed where it ends in .gz. */
export async function readTable(path: string): Promise<Table> {
  return parseTable(await readText(path), path);
}

async function readText(path: string): Promise<string> {
  if (!path.endsWith(".gz")) return await Deno.readTextFile(path);
  const file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}

/**
 * Parses comma-separated values with a header; times without a zone are read as UTC.
 *
 * @throws {UsageError} naming the line that has another number of cells or a time that is none.
 */
export function parseTable(text: string, name: string): Table {
  const lines = text.trimEnd().split(/\r?\n/);
  const header = lines[0].split(",");
  const skipped = hasTimeColumn(header) ? 1 : 0;
  const columns = header.slice(skipped);
  const rowCount = lines.length - 1;
  const values = new Float64Array(rowCount * columns.length);
  const times = skipped === 1 ? new Float64Array(rowCount) : undefined;
  for (let row = 0; row < rowCount; row++) {
    const cells = lines[row + 1].split(",");
    if (cells.length !== header.length) {
      throw new UsageError(
        `Cannot read line ${
          row + 2
        } of "${name}": it has ${cells.length} cells, the header ${header.length}`,
      );
    }
    if (times) times[row] = timeOf(cells[0], row + 2, name);
    for (let column = 0; column < columns.length; column++) {
      values[row * columns.length + column] = numberOf(cells[column + skipped]);
    }
  }
  return { columns, rowCount, values, times };
}

function timeOf(cell: string, line: number, name: string): number {
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(cell);
  const at = Date.parse(hasZone ? cell : cell.replace(" ", "T") + "Z");
  if (Number.isFinite(at)) return at;
  throw new UsageError(`Cannot read line ${line} of "${name}": "${cell}" is not a time`);
}

function numberOf(cell: string): number {
  return cell === "" ? NaN : Number(cell);
}

/** The rows of one table and then those of another with the same columns. */
export function joinTables(head: Table, tail: Table): Table {
  const values = new Float64Array(head.values.length + tail.values.length);
  values.set(head.values);
  values.set(tail.values, head.values.length);
  const rowCount = head.rowCount + tail.rowCount;
  if (!head.times || !tail.times) return { ...tail, rowCount, values, times: undefined };
  const times = new Float64Array(rowCount);
  times.set(head.times);
  times.set(tail.times, head.rowCount);
  return { ...tail, rowCount, values, times };
}

/** Some of a table's rows, from the first to before the last, as a matrix of f32. */
export function matrixOf(table: Table, from = 0, to = table.rowCount) {
  const columnCount = table.columns.length;
  const data = Float32Array.from(table.values.subarray(from * columnCount, to * columnCount));
  return { data, rowCount: to - from, columnCount };
}
