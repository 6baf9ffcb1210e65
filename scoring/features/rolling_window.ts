import { type History, positionIn } from "./history.ts";

/** Moments and range of the values that a window holds; buckets without a value do not count. */
export interface WindowStats {
  count: number;
  mean: number;
  /** Sum of squared distances from the mean. */
  squares: number;
  min: number;
  max: number;
}

/** Statistics of a metric's last `size` buckets. */
export interface RollingWindow {
  readonly size: number;
  /** Of the window that ends at the bucket pushed last. */
  readonly current: Readonly<WindowStats>;
  /** Of the window that ends one bucket earlier. */
  readonly before: Readonly<WindowStats>;
  /** Takes the bucket that its history has just stored. */
  push(bucket: number, value: number): void;
  reset(): void;
}

/**
 * Sliding statistics after van Herk, Gil and Werman: each window is the end of one block and the
 * beginning of the next. Blocks lie at absolute multiples of `size`, so the bits of a window depend
 * on its values alone, never on where folding began. The history must keep `size` + 1 buckets.
 */
export function createRollingWindow(size: number, history: History): RollingWindow {
  const blockEnd = createBlockEnd(size, history);
  const blockStart = emptyStats();
  let current = emptyStats();
  let before = emptyStats();
  return {
    size,
    get current() {
      return current;
    },
    get before() {
      return before;
    },
    push(bucket, value) {
      const position = positionIn(size, bucket);
      if (position === 0) {
        blockEnd.fill(bucket);
        clear(blockStart);
      }
      include(blockStart, value);
      [before, current] = [current, before];
      blockEnd.read(position + 1, current);
      merge(current, blockStart);
    },
    reset() {
      blockEnd.reset();
      clear(blockStart);
      clear(current);
      clear(before);
    },
  };
}

/** Statistics from each position of the block before until its end. */
function createBlockEnd(size: number, history: History) {
  const fields = 5;
  const table = new Float64Array((size + 1) * fields);
  const sums = emptyStats();
  const write = (position: number) => {
    const start = position * fields;
    table[start] = sums.count;
    table[start + 1] = sums.mean;
    table[start + 2] = sums.squares;
    table[start + 3] = sums.min;
    table[start + 4] = sums.max;
  };
  const reset = () => {
    clear(sums);
    for (let position = size; position >= 0; position--) write(position);
  };
  reset();
  return {
    reset,
    /** Reads the block that ends before `bucket`. */
    fill(bucket: number) {
      clear(sums);
      for (let position = size - 1; position >= 0; position--) {
        include(sums, history.at(bucket - size + position));
        write(position);
      }
    },
    read(position: number, into: WindowStats) {
      const start = position * fields;
      into.count = table[start];
      into.mean = table[start + 1];
      into.squares = table[start + 2];
      into.min = table[start + 3];
      into.max = table[start + 4];
    },
  };
}

function emptyStats(): WindowStats {
  return { count: 0, mean: 0, squares: 0, min: Infinity, max: -Infinity };
}

function clear(stats: WindowStats): void {
  stats.count = 0;
  stats.mean = 0;
  stats.squares = 0;
  stats.min = Infinity;
  stats.max = -Infinity;
}

/** Welford's step: exact for constant values, and no large squares are subtracted. */
function include(stats: WindowStats, value: number): void {
  if (value !== value) return;
  stats.count++;
  const distance = value - stats.mean;
  stats.mean += distance / stats.count;
  stats.squares += distance * (value - stats.mean);
  if (value < stats.min) stats.min = value;
  if (value > stats.max) stats.max = value;
}

/** Chan, Golub and LeVeque's step for two groups. */
function merge(into: WindowStats, other: WindowStats): void {
  if (other.count === 0) return;
  const count = into.count + other.count;
  const distance = other.mean - into.mean;
  into.squares += other.squares + distance * distance * (into.count * other.count / count);
  into.mean = into.count === 0 ? other.mean : into.mean + distance * (other.count / count);
  into.count = count;
  if (other.min < into.min) into.min = other.min;
  if (other.max > into.max) into.max = other.max;
}
