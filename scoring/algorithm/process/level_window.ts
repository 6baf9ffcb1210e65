/** The mean of each column over the last rows; NaN where none of them has a value. */
export interface LevelWindow {
  readonly levels: Float64Array;
  /** As many rows were pushed as the window holds. */
  readonly isFull: boolean;
  push(row: Float32Array): void;
}

/**
 * Values that are not finite count as missing. Each mean is summed anew from the oldest row to the
 * newest, so that its bits depend on those rows alone.
 */
export function createLevelWindow(rowCount: number, columnCount: number): LevelWindow {
  const values = new Float32Array(rowCount * columnCount).fill(NaN);
  const levels = new Float64Array(columnCount);
  const counts = new Uint32Array(columnCount);
  let oldest = 0;
  let pushed = 0;
  const addRows = (from: number, to: number) => {
    for (let i = from * columnCount, column = 0; i < to * columnCount; i++) {
      const value = values[i];
      if (Number.isFinite(value)) {
        levels[column] += value;
        counts[column]++;
      }
      column = column + 1 === columnCount ? 0 : column + 1;
    }
  };
  return {
    levels,
    get isFull() {
      return pushed === rowCount;
    },
    push(row) {
      values.set(row, oldest * columnCount);
      oldest = oldest + 1 === rowCount ? 0 : oldest + 1;
      pushed = Math.min(pushed + 1, rowCount);
      levels.fill(0);
      counts.fill(0);
      addRows(oldest, rowCount);
      addRows(0, oldest);
      for (let column = 0; column < columnCount; column++) {
        levels[column] = counts[column] === 0 ? NaN : levels[column] / counts[column];
      }
    },
  };
}
