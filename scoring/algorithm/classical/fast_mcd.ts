import { cholesky, createSampler, ln, type Random } from "../../numeric/mod.ts";
import { covariance } from "../frame/mod.ts";

/** Where rows lie, and the lower Cholesky factor of their covariance. */
export interface Scatter {
  readonly mean: Float64Array;
  readonly lower: Float64Array;
}

/** Rows side by side; a subset of them by their numbers. */
interface Rows {
  readonly values: Float64Array;
  readonly rowCount: number;
  readonly columnCount: number;
}

interface Candidate {
  readonly scatter: Scatter;
  /** Half of ln of the determinant, which is to be least. */
  readonly volume: number;
}

/** Rousseeuw and Van Driessen 1999, section 3: sizes at which their estimates are found. */
const STARTS = 500;
const KEPT = 10;
const GROUP_ROWS = 300;
const GROUPS_MAX = 5;
const MERGED_STEPS = 2;
/** Full sets are gone through until nothing changes; the paper has seen no more than this. */
const STEPS_MAX = 100;
/** Candidates that are followed through all rows, where there are more than the groups hold. */
const FOLLOWED = 2;

/**
 * Minimum covariance determinant by FAST-MCD (Rousseeuw and Van Driessen 1999): mean and covariance
 * of the `share` of rows whose covariance has the least determinant. Many random starts are improved
 * by concentration steps within groups of 300 rows, the best of them within all groups, and the best
 * of these within all rows.
 */
export function fastMcd(rows: Rows, share: number, random: Random): Scatter {
  const groupCount = Math.min(Math.floor(rows.rowCount / GROUP_ROWS), GROUPS_MAX);
  if (groupCount < 2) {
    const best = improved(rows, share, randomStarts(rows, STARTS, random), MERGED_STEPS);
    return improved(rows, share, scatters(best, KEPT), STEPS_MAX)[0].scatter;
  }
  const merged = drawn(rows, groupCount * GROUP_ROWS, random);
  const starts: Scatter[] = [];
  for (let group = 0; group < groupCount; group++) {
    const part = slice(merged, group * GROUP_ROWS, GROUP_ROWS);
    const groupStarts = randomStarts(part, STARTS / groupCount, random);
    const best = improved(part, share, groupStarts, MERGED_STEPS);
    starts.push(...scatters(best, KEPT));
  }
  const best = improved(merged, share, starts, MERGED_STEPS);
  return improved(rows, share, scatters(best, FOLLOWED), STEPS_MAX)[0].scatter;
}

function scatters(candidates: readonly Candidate[], count: number): Scatter[] {
  return candidates.slice(0, count).map(({ scatter }) => scatter);
}

/** Squared Mahalanobis distance of a row; `work` has room for a row. */
export function squaredDistance(
  { mean, lower }: Scatter,
  values: Float64Array,
  start: number,
  work: Float64Array,
): number {
  const size = mean.length;
  let sum = 0;
  for (let row = 0; row < size; row++) {
    let rest = values[start + row] - mean[row];
    const line = row * size;
    for (let k = 0; k < row; k++) rest -= lower[line + k] * work[k];
    work[row] = rest / lower[line + row];
    sum += work[row] * work[row];
  }
  return sum;
}

/** Mean and covariance of the rows whose numbers are given. */
export function scatterOf({ values, columnCount }: Rows, numbers: ArrayLike<number>): Candidate {
  const chosen = new Float64Array(numbers.length * columnCount);
  for (let k = 0; k < numbers.length; k++) {
    const start = numbers[k] * columnCount;
    chosen.set(values.subarray(start, start + columnCount), k * columnCount);
  }
  const moments = covariance(chosen, numbers.length, columnCount);
  return factored(moments.mean, moments.covariance);
}

/**
 * Inside of a subset columns may be constant or sums of others, discrete ones easily are. They count
 * as wide as in all rows, which are scaled to 1: else such a subset would be the smallest of all, and
 * a row that differs by next to nothing the farthest.
 */
function factored(mean: Float64Array, matrix: Float64Array): Candidate {
  const lower = cholesky(matrix, mean.length, 1);
  return { scatter: { mean, lower }, volume: volumeOf(lower, mean.length) };
}

function volumeOf(lower: Float64Array, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += ln(lower[k * size + k]);
  return sum;
}

function improved(
  rows: Rows,
  share: number,
  starts: readonly Scatter[],
  steps: number,
): Candidate[] {
  const count = subsetSize(rows, share);
  return starts.map((start) => concentrated(rows, count, start, steps))
    .sort((left, right) => left.volume - right.volume);
}

/** h of the paper: at least half of the rows, and more than there are columns. */
function subsetSize({ rowCount, columnCount }: Rows, share: number): number {
  const least = Math.floor((rowCount + columnCount + 1) / 2);
  return Math.min(Math.max(least, Math.floor(share * rowCount)), rowCount);
}

/** C-steps: the rows nearest to an estimate give the next one, which is never larger. */
function concentrated(rows: Rows, count: number, start: Scatter, steps: number): Candidate {
  let found = scatterOf(rows, nearest(rows, count, start));
  for (let step = 1; step < steps; step++) {
    const next = scatterOf(rows, nearest(rows, count, found.scatter));
    if (next.volume >= found.volume) break;
    found = next;
  }
  return found;
}

function nearest(rows: Rows, count: number, scatter: Scatter): Uint32Array {
  const distances = new Float64Array(rows.rowCount);
  const work = new Float64Array(rows.columnCount);
  for (let row = 0; row < distances.length; row++) {
    distances[row] = squaredDistance(scatter, rows.values, row * rows.columnCount, work);
  }
  const limit = distances.slice().sort()[count - 1];
  const chosen = new Uint32Array(count);
  let found = 0;
  let atLimit = count;
  for (const distance of distances) if (distance < limit) atLimit--;
  for (let row = 0; row < distances.length; row++) {
    if (distances[row] > limit) continue;
    if (distances[row] === limit && atLimit-- <= 0) continue;
    chosen[found++] = row;
  }
  return chosen;
}

/** Estimates of the fewest rows that have a covariance, one row more than columns. */
function randomStarts(rows: Rows, count: number, random: Random): Scatter[] {
  const numbers = new Uint32Array(Math.min(rows.columnCount + 1, rows.rowCount));
  const sampler = createSampler(rows.rowCount);
  return Array.from({ length: count }, () => {
    sampler.fill(numbers, random);
    return scatterOf(rows, numbers).scatter;
  });
}

function drawn(rows: Rows, count: number, random: Random): Rows {
  const { values, columnCount } = rows;
  const numbers = new Uint32Array(count);
  createSampler(rows.rowCount).fill(numbers, random);
  const chosen = new Float64Array(count * columnCount);
  // Floyd's sampling favours late places for late rows, and groups are to be alike: hence shuffled.
  for (let k = count - 1; k > 0; k--) {
    const other = random.below(k + 1);
    [numbers[k], numbers[other]] = [numbers[other], numbers[k]];
  }
  numbers.forEach((row, k) => {
    chosen.set(values.subarray(row * columnCount, (row + 1) * columnCount), k * columnCount);
  });
  return { values: chosen, rowCount: count, columnCount };
}

function slice({ values, columnCount }: Rows, from: number, rowCount: number): Rows {
  const start = from * columnCount;
  return { values: values.subarray(start, start + rowCount * columnCount), rowCount, columnCount };
}
