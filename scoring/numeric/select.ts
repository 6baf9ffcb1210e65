/** Rounds after which the rest is sorted: so many only come of an order made to mislead. */
const ROUNDS_MAX = 64;

/**
 * The value of a rank, 0 for the least, among values without NaN and −0. Those behind its place are
 * then not less, those before it not greater (Hoare 1961, FIND).
 *
 * @param rounds After which what is left is sorted.
 */
export function select(values: Float64Array, rank: number, rounds = ROUNDS_MAX): number {
  let first = 0;
  let last = values.length - 1;
  for (let round = 0; first < last; round++) {
    if (round === rounds) {
      values.subarray(first, last + 1).sort();
      break;
    }
    const [left, right] = part(values, first, last, pivotOf(values, first, last, round));
    if (rank <= right) last = right;
    else if (rank >= left) first = left;
    else break;
  }
  return values[rank];
}

/** The middle one of three values whose places differ from round to round: no usual order misleads twice. */
function pivotOf(values: Float64Array, first: number, last: number, round: number): number {
  const span = last - first + 1;
  const at = (share: number) => values[first + Math.floor(span * (share - Math.floor(share)))];
  const [a, b, c] = [at(0.31 + 0.618 * round), at(0.62 + 0.377 * round), at(0.87 + 0.137 * round)];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** @returns Where the part of what is not less begins, and where that of what is not greater ends. */
function part(
  values: Float64Array,
  first: number,
  last: number,
  pivot: number,
): [number, number] {
  let left = first;
  let right = last;
  while (left <= right) {
    while (values[left] < pivot) left++;
    while (values[right] > pivot) right--;
    if (left > right) break;
    const value = values[left];
    values[left++] = values[right];
    values[right--] = value;
  }
  return [left, right];
}
