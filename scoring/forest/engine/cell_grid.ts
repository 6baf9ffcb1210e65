/**
 * Even cells between a feature's least and greatest cut, so that a row's rank, the number of cuts
 * at or below its value, takes one look-up and `CUTS_PER_CELL` comparisons.
 *
 * A row's cell is monotone in its value, as each of its f32 operations is. So cuts of lower cells
 * are below the value, cuts of higher cells above it, and only those of its own cell are compared.
 */
export interface CellGrid {
  /** The cell of x is min(max((x − low) · scale, 0), last), rounded; that of NaN is 0. */
  readonly low: number;
  readonly scale: number;
  readonly last: number;
  /** For each cell, how many cuts lie in lower cells. */
  readonly cutsBelow: Uint16Array;
}

/** What one vector of four f32 compares. */
export const CUTS_PER_CELL = 4;
/** Cells to a cut: past this, a heavy tail holds most cells and the search costs less. */
const CELLS_PER_CUT_MAX = 16;
/** Keeps the tables of a feature within a first-level cache. */
const CELLS_MAX = 16_384;

/**
 * The coarsest grid that keeps cells small; `undefined` where cuts pile up and each row must be
 * searched for.
 */
export function createCellGrid(cuts: Float32Array): CellGrid | undefined {
  const low = cuts[0];
  const range = Math.fround(cuts[cuts.length - 1] - low);
  for (let perCut = 1; perCut <= CELLS_PER_CUT_MAX; perCut *= 2) {
    const last = Math.min(cuts.length * perCut, CELLS_MAX - 1);
    const scale = range > 0 ? Math.fround(last / range) : 1;
    // An infinite or vanishing scale would make NaN of infinite values, which have an order.
    if (!(scale > 0 && scale < Infinity)) return undefined;
    const grid = { low, scale, last };
    if (isFine(cuts, grid)) return { ...grid, cutsBelow: countCutsBelow(cuts, grid) };
  }
  return undefined;
}

type Cells = Pick<CellGrid, "low" | "scale" | "last">;

/** Adding 2²³ to a small f32 leaves its nearest integer in the low bits, in every engine. */
const ROUNDER = 8_388_608;

/** The kernels compute the same from the same f32 operations. */
export function cellOf(x: number, { low, scale, last }: Cells): number {
  const place = Math.fround(Math.fround(x - low) * scale);
  const within = place > 0 ? (place < last ? place : last) : 0;
  return Math.fround(within + ROUNDER) - ROUNDER;
}

function isFine(cuts: Float32Array, cells: Cells): boolean {
  const cellsOfCuts = new Uint16Array(cuts.length);
  for (let i = 0; i < cuts.length; i++) {
    cellsOfCuts[i] = cellOf(cuts[i], cells);
    if (i >= CUTS_PER_CELL && cellsOfCuts[i] === cellsOfCuts[i - CUTS_PER_CELL]) return false;
  }
  return true;
}

function countCutsBelow(cuts: Float32Array, cells: Cells): Uint16Array {
  const counts = new Uint16Array(cells.last + 1);
  let cell = 0;
  for (let i = 0; i < cuts.length; i++) {
    const end = cellOf(cuts[i], cells);
    while (cell < end) counts[++cell] = i;
  }
  while (cell < cells.last) counts[++cell] = cuts.length;
  return counts;
}
