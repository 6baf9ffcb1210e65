import { FEATURE_COUNT_MAX, type Matrix } from "../../forest/mod.ts";
import type {
  AlertLevels,
  Algorithm,
  Fitted,
  Interval,
  ParameterRule,
  Scorer,
} from "../algorithm.ts";
import { type ByteReader, type ByteWriter, createByteWriter, openBytes } from "../bytes/mod.ts";
import { type Parameters, readParameters } from "../parameters.ts";
import { checkBatch, checkTraining, checkWidth } from "./check.ts";

type Rules = Readonly<Record<string, ParameterRule>>;

/** What is particular to a method for series; `seriesAlgorithm` adds what all of them share. */
export interface SeriesMethod<R extends Rules, Model> {
  readonly name: string;
  readonly source: string;
  readonly parameters: R;
  /** True when it learns each row that it scores. */
  readonly isLearner?: boolean;
  /** Of the model's bytes. */
  readonly version: number;
  readonly scale: Fitted["scale"];
  fit(rows: Matrix, given: SeriesInput<R>): Model;
  lookbackRows(model: Model, parameters: Parameters<R>): number;
  /** A watch that remembers nothing but its model. */
  watch(model: Model, columnCount: number, parameters: Parameters<R>): SeriesWatch<Model>;
  alerts?(parameters: Parameters<R>): AlertLevels;
  write(model: Model, writer: ByteWriter): void;
  /** @throws {RangeError} When the fields are not those of a sound model. */
  read(reader: ByteReader<R>, columnCount: number): Model;
}

export interface SeriesInput<R> {
  readonly parameters: Parameters<R>;
  readonly seed: number;
  /** Time between rows, ms, where it is known. */
  readonly rowMs?: number;
}

/** Goes along a series. */
export interface SeriesWatch<Model> {
  /** Scores the row, then remembers or learns it; NaN while too little is known. */
  push(row: Float32Array): number;
  /** What a threshold is held against for that row, as `Scorer.alarm`. */
  readonly alarm?: number;
  /** Each column's part in the score of that row, at least 0. */
  explain(parts: Float64Array): void;
  /** What that row was expected to be. */
  expected?(): Float64Array;
  interval?(): Interval;
  /** All that a stream learner knows by now, as its own copy. */
  learned?(): Model;
}

/** A method for series under the contract: parameters, widths and bytes. */
export function seriesAlgorithm<R extends Rules, Model>(
  method: SeriesMethod<R, Model>,
): Algorithm {
  const { name, source, version, parameters: rules } = method;
  return {
    name,
    input: "series",
    isLearner: method.isLearner,
    source,
    parameters: rules,
    fit(rows, { seed, rowMs, parameters: given }) {
      const parameters = readParameters(rules, given);
      checkTraining(rows);
      const model = method.fit(rows, { parameters, seed, rowMs });
      return fittedSeries(method, { parameters, columnCount: rows.columnCount, model });
    },
    restore(bytes) {
      const reader = openBytes(bytes, { algorithm: name, version, rules });
      const columnCount = reader.integer("columnCount", 1, FEATURE_COUNT_MAX);
      const model = method.read(reader, columnCount);
      reader.end();
      return fittedSeries(method, { parameters: reader.parameters, columnCount, model });
    },
  };
}

interface Learned<R, Model> {
  readonly parameters: Parameters<R>;
  readonly columnCount: number;
  readonly model: Model;
}

function fittedSeries<R extends Rules, Model>(
  method: SeriesMethod<R, Model>,
  learned: Learned<R, Model>,
): Fitted {
  const { parameters, columnCount, model } = learned;
  const alerts = method.alerts?.(parameters);
  const createWatch = () => method.watch(model, columnCount, parameters);
  return {
    columnCount,
    lookbackRows: method.lookbackRows(model, parameters),
    scale: method.scale,
    ...(alerts && { alerts }),
    open: () => scorerOf(method, learned, createWatch()),
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      const watch = createWatch();
      return Float64Array.from({ length: rows.rowCount }, (_, row) => {
        const start = row * columnCount;
        return bounded(watch.push(rows.data.subarray(start, start + columnCount)));
      });
    },
    serialize() {
      const { name: algorithm, version } = method;
      const writer = createByteWriter({ algorithm, version, parameters });
      writer.integer(columnCount);
      method.write(model, writer);
      return writer.finish();
    },
  };
}

function scorerOf<R extends Rules, Model>(
  method: SeriesMethod<R, Model>,
  { parameters, columnCount }: Learned<R, Model>,
  watch: SeriesWatch<Model>,
): Scorer {
  return {
    get alarm() {
      return watch.alarm === undefined ? undefined : bounded(watch.alarm);
    },
    push(row) {
      checkWidth(row.length, columnCount);
      return bounded(watch.push(row));
    },
    explain() {
      const parts = new Float64Array(columnCount);
      watch.explain(parts);
      return parts.map(bounded);
    },
    ...(watch.expected && { expected: () => watch.expected!() }),
    ...(watch.interval && { interval: () => watch.interval!() }),
    ...(watch.learned && {
      fitted: () => fittedSeries(method, { parameters, columnCount, model: watch.learned!() }),
    }),
  };
}

/** Sums over columns of the greatest values there are may pass what a number holds. */
export function bounded(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
