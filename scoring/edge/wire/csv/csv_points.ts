import { parseInstant } from "../instant.ts";
import { decodeText } from "../json.ts";
import { type ParsedPoints, PointParser, tooManyPoints } from "../points.ts";
import { Problem, quoted } from "../problem.ts";
import { CsvError, csvRows } from "./csv_rows.ts";

/** Columns of a table: each but time and device is a metric. */
export const CSV_COLUMNS_MAX = 1_000;

/** Names that a column of instants goes by. */
const TIME_COLUMNS = ["at", "time", "timestamp", "datetime", "date"] as const;

export interface CsvOptions {
  readonly pointsMax: number;
  /** Device of rows that name none. */
  readonly device: string | undefined;
}

/**
 * Points of a CSV table with a heading. In the long form a row is a point, with the columns device,
 * metric, at and value; in the wide form it is an instant, and each column a metric, whose empty cells
 * are no points. Positions count rows behind the heading from 0.
 * @throws {Problem} When the table as a whole cannot be read.
 */
export function parseCsvPoints(bytes: Uint8Array, options: CsvOptions): ParsedPoints {
  const parser = new PointParser(options.device);
  try {
    const rows = csvRows(textOf(bytes), CSV_COLUMNS_MAX);
    const columns = columnsOf(rows.next().value ?? []);
    let position = 0;
    for (const row of rows) {
      takeRow(row, position++, columns, parser);
      if (parser.points.length + parser.refused.length > options.pointsMax) {
        throw tooManyPoints(options.pointsMax);
      }
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new Problem("CSV_INVALID", cause.message, {}, { cause });
  }
  return parser;
}

/** Spreadsheets put a byte order mark before their tables. */
function textOf(bytes: Uint8Array): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return decodeText(hasMark ? bytes.subarray(3) : bytes);
}

interface Columns {
  readonly time: number;
  readonly device: number;
  /** Names of columns that are metrics by their index; in the long form of none. */
  readonly metrics: readonly (readonly [column: number, metric: string])[];
  /** Columns of the long form. */
  readonly long: { readonly metric: number; readonly value: number } | undefined;
  readonly count: number;
}

function columnsOf(heading: readonly string[]): Columns {
  const names = heading.map((name) => name.trim());
  const find = (wanted: string) => names.findIndex((name) => name.toLowerCase() === wanted);
  const time = TIME_COLUMNS.map(find).find((column) => column >= 0) ?? -1;
  if (time < 0) {
    const message = `Cannot find when the rows were measured: wanted a column named ` +
      `${TIME_COLUMNS.join(", ")}, found ${quoted(names.join(","))}`;
    throw new Problem("CSV_INVALID", message, { field: "at" });
  }
  const device = find("device");
  const [metric, value] = [find("metric"), find("value")];
  const isLong = metric >= 0 && value >= 0;
  const metrics = names.map((name, column) => [column, name] as const)
    .filter(([column]) => column !== time && column !== device);
  return {
    time,
    device,
    metrics: isLong ? [] : metrics,
    long: isLong ? { metric, value } : undefined,
    count: names.length,
  };
}

function takeRow(
  row: readonly string[],
  position: number,
  { time, device, metrics, long, count }: Columns,
  parser: PointParser,
): void {
  if (row.length !== count) {
    const message = `Cannot read a row of ${row.length} cells: the heading has ${count}`;
    return parser.refuse(position, "", "LINE_INVALID", message);
  }
  const of = { device: row[device] || undefined, at: instantOf(row[time].trim()) };
  if (long !== undefined) {
    const value = numberOf(row[long.value]);
    return parser.take({ ...of, metric: row[long.metric], value }, position);
  }
  for (const [column, metric] of metrics) {
    if (row[column].trim() === "") continue;
    parser.take({ ...of, metric, value: numberOf(row[column]) }, position);
  }
}

const PLAIN_INSTANT = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/;

/** Integer milliseconds, RFC 3339, or date and time without an offset, which is read as UTC. */
function instantOf(cell: string): string | number {
  if (/^-?\d{1,16}$/.test(cell)) return Number(cell);
  if (!PLAIN_INSTANT.test(cell)) return cell;
  return parseInstant(cell.length === 16 ? `${cell}:00Z` : `${cell}Z`) ?? cell;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What is no number stays text, and is refused as such. */
function numberOf(cell: string): string | number {
  const trimmed = cell.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  return /^[+-]?(nan|inf|infinity)$/i.test(trimmed) ? NaN : cell;
}
