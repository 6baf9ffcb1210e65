/** Goes along one device's rows; what it remembers is bounded. */
export interface Watch {
  /** Score of the next row in (0, 1], NaN while too little is known. */
  push(row: Float32Array): number;
  /** What alerts are held against, on the scale of the score; NaN likewise. */
  readonly alarm: number;
  /** Each column's part in how odd the row pushed last was, at least 0. */
  explain(): Float64Array;
  /** What the row pushed last was expected to be, in the units of the data; NaN for what is not known. */
  expected(): Float64Array;
}

/** Scores are never 0, so that every one has a logarithm. */
const SCORE_MIN = 1e-6;

/** Maps 0 to ∞ onto (0, 1]: `half` gives ½. */
export function boundedScore(value: number, half: number): number {
  return Math.max(SCORE_MIN, value / (value + half));
}
