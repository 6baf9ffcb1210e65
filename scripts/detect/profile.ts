/** What a plot needs of a column: least, greatest and mean of even slices of its rows. */
export interface Profile {
  readonly least: Float64Array;
  readonly greatest: Float64Array;
  /** NaN where a slice has no value. */
  readonly mean: Float64Array;
}

export interface ProfileBuilder {
  add(row: number, value: number): void;
  finish(): Profile;
}

/** More slices than a plot has pixels show nothing more. */
export const SLICES_MAX = 720;

/** Slice of a row among all of them. */
export function sliceOf(row: number, rowCount: number): number {
  return rowCount <= SLICES_MAX ? row : Math.floor(row * SLICES_MAX / rowCount);
}

export function createProfile(rowCount: number): ProfileBuilder {
  const slices = Math.min(SLICES_MAX, rowCount);
  const least = new Float64Array(slices).fill(Infinity);
  const greatest = new Float64Array(slices).fill(-Infinity);
  const sum = new Float64Array(slices);
  const counts = new Uint32Array(slices);
  return {
    add(row, value) {
      if (!Number.isFinite(value)) return;
      const slice = sliceOf(row, rowCount);
      if (value < least[slice]) least[slice] = value;
      if (value > greatest[slice]) greatest[slice] = value;
      sum[slice] += value;
      counts[slice]++;
    },
    finish: () => ({ least, greatest, mean: sum.map((total, slice) => total / counts[slice]) }),
  };
}
