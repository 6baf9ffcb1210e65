import type { Matrix } from "../forest/mod.ts";

/**
 * A method of detection under one face: it is fitted to rows, and what is fitted scores further rows.
 * All of it is data in, data out: the same rows, parameters and seed give the same bytes.
 */
export interface Algorithm {
  /** What users call it, in snake_case: `isolation_forest`. */
  readonly name: string;
  /** `rows` are judged each by itself; a `series` comes in order of time and has a memory. */
  readonly input: "rows" | "series";
  /** True of a stream learner: it learns each row that it scores, so its memory has no bound. */
  readonly isLearner?: boolean;
  /** The paper or book that the method is from. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /**
   * @param rows Training rows, at least one, in order of time for a `series`; NaN where a value is
   * missing. Labels are no part of them.
   * @throws {RangeError} naming a parameter that is unknown or out of its range.
   */
  fit(rows: Matrix, options: AlgorithmOptions): Fitted;
  /**
   * What `serialize` has written.
   *
   * @throws {RangeError} when the bytes are not of this algorithm, damaged or of unsound content.
   */
  restore(bytes: Uint8Array): Fitted;
}

/** What a parameter may be. */
export interface ParameterRule {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  /** What it does, in a few words. */
  readonly help: string;
}

export interface AlgorithmOptions {
  readonly seed: number;
  /** Others have their defaults. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Time between rows, ms; a `series` finds its seasons in the data where it is not told. */
  readonly rowMs?: number;
}

/** A method that has seen its training rows: plain data, which bytes can hold. */
export interface Fitted {
  readonly columnCount: number;
  /**
   * Rows before one that its score depends on: 0 for `rows`, bounded for a `series`, infinite for a
   * stream learner. A scorer that was given as many goes on with the bits of one never interrupted.
   */
  readonly lookbackRows: number;
  readonly scale: ScoreScale;
  /** The method's own decision, on the scale of its scores, where it has one. */
  readonly alerts?: AlertLevels;
  /** A scorer that remembers nothing yet. */
  open(): Scorer;
  /** Scores of many rows with the bits of a fresh scorer that is given one after the other. */
  scoreBatch(rows: Matrix): Float64Array;
  serialize(): Uint8Array<ArrayBuffer>;
}

/**
 * What scores are: `absolute` ones are in (0, 1] and mean the same for every entity; `relative` ones
 * are any finite numbers, to be calibrated against those of the training rows.
 */
export type ScoreScale = "absolute" | "relative";

/** Between which scores an alert is on: hysteresis keeps one alert from becoming many. */
export interface AlertLevels {
  /** An alert begins above it. */
  readonly threshold: number;
  /** An alert ends at or below it; at most the threshold. */
  readonly release: number;
}

/** Bounds of each column. */
export interface Interval {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Scores row by row. */
export interface Scorer {
  /**
   * Score of the next row, finite; higher is worse. NaN while too little is known for one, and only
   * in a `series`. A series remembers the row, a stream learner learns it after it was scored.
   */
  push(row: Float32Array): number;
  /**
   * What a threshold is held against for the row pushed last, where that is another signal than the
   * score: alerts want less smoothing than ranks do. On the same scale as the score; NaN while it is
   * too early for an alert.
   */
  readonly alarm?: number;
  /** Each column's part in the score of the row pushed last, at least 0, on any common scale. */
  explain(): Float64Array;
  /** What the row pushed last was expected to be, for methods that expect. */
  expected?(): Float64Array;
  /** Between which values it was expected, for methods that give an interval. */
  interval?(): Interval;
  /** A stream learner with all it has learned until now. */
  fitted?(): Fitted;
}
