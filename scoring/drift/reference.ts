import { groupBy } from "../numeric/mod.ts";
import type { ZoneTransitions } from "../time/mod.ts";
import { hourOf, type Season, seasonOf, usualAt } from "./season.ts";

/** Fewer windows in the reference do not tell how much windows differ without drift. */
export const REFERENCE_WINDOWS_MIN = 8;
/** A window counts of which at least this share of rows is known. */
export const KNOWN_SHARE_MIN = 0.5;
/** Fraction of the golden ratio: its multiples fill [0, 1) evenly (Weyl 1916). */
const GOLDEN = 0.6180339887498949;

/** The columns of one bucket that are watched: features, and scores. */
export interface DriftRow {
  /** Start of the bucket, ms. */
  readonly bucketAt: number;
  /** NaN where nothing is known. */
  readonly values: ArrayLike<number>;
}

export interface DriftReferenceOptions {
  readonly zone: ZoneTransitions;
  readonly bucketMs: number;
  /** Width of the windows that will be compared with it, ms. */
  readonly windowMs: number;
}

/** How rows were when the model was fitted. */
export interface DriftReference extends DriftReferenceOptions {
  readonly columns: readonly ReferenceColumn[];
}

export interface ReferenceColumn {
  readonly season: Season;
  /** How far values were from the season, ascending, by hour of the local day. */
  readonly hours: readonly Float32Array[];
  /** Independent values that a row of this column is worth, in (0, 1]; 0 where too few are known. */
  readonly independence: number;
}

/** Where values of one window lie among the reference's of their own hours. */
export interface WindowProbabilities {
  /** In order of time; uniform on [0, 1] unless something has drifted. */
  readonly probabilities: readonly number[];
  /** Values of the reference in the hours of the window. */
  readonly referenceRows: number;
}

/** The reference of training rows in order of time, all with as many values. */
export function fitDriftReference(
  rows: readonly DriftRow[],
  options: DriftReferenceOptions,
): DriftReference {
  const columnCount = rows[0]?.values.length ?? 0;
  const windows = [...windowsOf(rows, options.windowMs).values()];
  const columns = Array.from({ length: columnCount }, (_, column): ReferenceColumn => {
    const located = { ...tablesOf(rows, column, options), column, options, seen: 1 } as const;
    const { season, hours } = located;
    const independence = Math.min(
      independenceOfWindows(windows, located),
      independenceOfNeighbours(rows, located),
    );
    return { season, hours, independence };
  });
  return { ...options, columns };
}

/** Rows by the start of their window. */
export function windowsOf(
  rows: readonly DriftRow[],
  windowMs: number,
): Map<number, DriftRow[]> {
  return groupBy(rows, ({ bucketAt }) => Math.floor(bucketAt / windowMs) * windowMs);
}

/** Where the values of a column lie in the reference, which has not seen them. */
export function windowProbabilities(
  reference: DriftReference,
  column: number,
  rows: readonly DriftRow[],
): WindowProbabilities {
  return probabilitiesOf(rows, {
    ...reference.columns[column],
    column,
    options: reference,
    seen: 0,
  });
}

function tablesOf(
  rows: readonly DriftRow[],
  column: number,
  { zone }: DriftReferenceOptions,
): Pick<ReferenceColumn, "season" | "hours"> {
  const known = rows.filter(({ values }) => isKnown(values[column]));
  const byHour = groupBy(known, ({ bucketAt }) => hourOf(zone, bucketAt));
  const values = new Map(
    [...byHour].map(([hour, own]) => [hour, own.map((row) => row.values[column])]),
  );
  const season = seasonOf(values);
  const hours = season.map((_, hour) =>
    Float32Array.from(
      byHour.get(hour) ?? [],
      (row) => row.values[column] - usualAt(season, zone, row.bucketAt),
    ).sort()
  );
  return { season, hours };
}

interface Located extends Pick<ReferenceColumn, "season" | "hours"> {
  readonly column: number;
  readonly options: Pick<DriftReferenceOptions, "zone" | "bucketMs">;
  /** 1 where the reference holds the rows themselves, else 0. */
  readonly seen: 0 | 1;
}

/**
 * By how much the windows of the reference differ (batch means, Conway 1963): in where their values
 * lie and in how far those spread. Sees what differs from day to day, too. 0 with too few windows.
 */
function independenceOfWindows(
  windows: readonly (readonly DriftRow[])[],
  located: Located,
): number {
  let counted = 0;
  let places = 0;
  let spreads = 0;
  for (const window of windows) {
    const { probabilities, referenceRows } = probabilitiesOf(window, located);
    const count = probabilities.length;
    if (count < KNOWN_SHARE_MIN * window.length || count >= referenceRows) continue;
    // A part of a finite whole lies nearer to it than an independent sample would.
    const weight = count / (1 - count / referenceRows);
    const place = mean(probabilities) - 0.5;
    const spread = mean(probabilities.map((value) => Math.abs(2 * value - 1))) - 0.5;
    places += weight * place * place;
    spreads += weight * spread * spread;
    counted++;
  }
  if (counted < REFERENCE_WINDOWS_MIN) return 0;
  // Both would be 1/12, the variance of one uniform value, if all values were independent.
  return Math.min(1, counted / 12 / Math.max(places, spreads));
}

/** (1 − ρ) / (1 + ρ), as in an autoregressive series of this lag-1 autocorrelation. */
function independenceOfNeighbours(rows: readonly DriftRow[], located: Located): number {
  const { bucketMs } = located.options;
  let products = 0;
  let squares = 0;
  let last = NaN;
  let lastAt = -Infinity;
  for (const row of rows) {
    const centred = probabilityOf(row, located) - 0.5;
    if (row.bucketAt - lastAt === bucketMs && isKnown(centred) && isKnown(last)) {
      products += centred * last;
      squares += (centred * centred + last * last) / 2;
    }
    last = centred;
    lastAt = row.bucketAt;
  }
  const rho = squares > 0 ? Math.max(0, products / squares) : 0;
  return (1 - rho) / (1 + rho);
}

function probabilitiesOf(rows: readonly DriftRow[], located: Located): WindowProbabilities {
  const { hours, options: { zone } } = located;
  const touched = new Set<number>();
  const probabilities: number[] = [];
  for (const row of rows) {
    const probability = probabilityOf(row, located);
    if (!isKnown(probability)) continue;
    probabilities.push(probability);
    touched.add(hourOf(zone, row.bucketAt));
  }
  const referenceRows = [...touched].reduce((sum, hour) => sum + hours[hour].length, 0);
  return { probabilities, referenceRows };
}

/**
 * Share of the hour's reference below a value, uniform also where values tie: ties are spread evenly
 * over their share (distributional transform, Rüschendorf 2009), and a value that the reference has
 * not seen counts as one more of it. NaN where nothing is known.
 */
function probabilityOf(
  { bucketAt, values }: DriftRow,
  { season, hours, column, options: { zone, bucketMs }, seen }: Located,
): number {
  const table = hours[hourOf(zone, bucketAt)];
  if (!isKnown(values[column]) || table.length === 0) return NaN;
  const value = Math.fround(values[column] - usualAt(season, zone, bucketAt));
  const below = countBelow(table, value);
  const equal = countBelow(table, value, true) - below;
  const unseen = 1 - seen;
  const turns = bucketAt / bucketMs * GOLDEN;
  return (below + (turns - Math.floor(turns)) * (equal + unseen)) / (table.length + unseen);
}

/** Values of an ascending table that are below a value, or at most it. */
function countBelow(table: Float32Array, value: number, isEqualCounted = false): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table[middle] < value || (isEqualCounted && table[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isKnown(value: number): boolean {
  return value - value === 0;
}
