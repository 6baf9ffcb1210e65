import { FEATURE_COUNT_MAX, type Matrix } from "../../forest/mod.ts";
import type { AlertLevels, Algorithm, Fitted, ParameterRule } from "../algorithm.ts";
import { type ByteReader, type ByteWriter, createByteWriter, openBytes } from "../bytes/mod.ts";
import { type Parameters, readParameters } from "../parameters.ts";
import { checkBatch, checkTraining, checkWidth } from "./check.ts";
import { bounded } from "./series_algorithm.ts";
import { fillRow, type Table, tableOf, VALUE_MAX } from "./table.ts";

type Rules = Readonly<Record<string, ParameterRule>>;

/** What is particular to a method for rows; `rowAlgorithm` adds what all of them share. */
export interface RowMethod<R extends Rules, Model> {
  readonly name: string;
  readonly source: string;
  readonly parameters: R;
  /** Of the model's bytes. */
  readonly version: number;
  readonly scale: Fitted["scale"];
  /** @param rows What `table` was made of, for methods that tell missing values apart. */
  fit(table: Table, given: FitInput<R>, rows: Matrix): Model;
  /** A judge with its own working memory. */
  judge(model: Model, columnCount: number, parameters: Parameters<R>): RowJudge;
  alerts?(parameters: Parameters<R>): AlertLevels;
  write(model: Model, writer: ByteWriter): void;
  /** @throws {RangeError} When the fields are not those of a sound model. */
  read(reader: ByteReader<R>, columnCount: number): Model;
}

export interface FitInput<R> {
  readonly parameters: Parameters<R>;
  readonly seed: number;
}

/** Judges rows of finite numbers. */
export interface RowJudge {
  score(row: Float64Array): number;
  /** Each column's part in the score of that row, at least 0. */
  explain(row: Float64Array, parts: Float64Array): void;
}

/** A method for rows under the contract: parameters, missing values, widths and bytes. */
export function rowAlgorithm<R extends Rules, Model>(method: RowMethod<R, Model>): Algorithm {
  const { name, source, parameters: rules } = method;
  return {
    name,
    input: "rows",
    source,
    parameters: rules,
    fit(rows, { seed, parameters: given }) {
      const parameters = readParameters(rules, given);
      checkTraining(rows);
      const table = tableOf(rows);
      const model = method.fit(table, { parameters, seed }, rows);
      return fittedRows(method, { parameters, medians: table.medians, model });
    },
    restore(bytes) {
      const reader = openBytes(bytes, { algorithm: name, version: method.version, rules });
      const columnCount = reader.integer("columnCount", 1, FEATURE_COUNT_MAX);
      const medians = reader.numbers("medians", columnCount, { min: -VALUE_MAX, max: VALUE_MAX });
      const model = method.read(reader, columnCount);
      reader.end();
      return fittedRows(method, { parameters: reader.parameters, medians, model });
    },
  };
}

interface Learned<R, Model> {
  readonly parameters: Parameters<R>;
  readonly medians: Float64Array;
  readonly model: Model;
}

function fittedRows<R extends Rules, Model>(
  method: RowMethod<R, Model>,
  { parameters, medians, model }: Learned<R, Model>,
): Fitted {
  const columnCount = medians.length;
  const createJudge = () => method.judge(model, columnCount, parameters);
  const alerts = method.alerts?.(parameters);
  return {
    columnCount,
    lookbackRows: 0,
    scale: method.scale,
    ...(alerts && { alerts }),
    open() {
      const judge = createJudge();
      const row = medians.slice();
      return {
        push(values) {
          checkWidth(values.length, columnCount);
          fillRow(values, 0, medians, row);
          return bounded(judge.score(row));
        },
        explain() {
          const parts = new Float64Array(columnCount);
          judge.explain(row, parts);
          return parts.map(bounded);
        },
      };
    },
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      const judge = createJudge();
      const row = new Float64Array(columnCount);
      const scores = new Float64Array(rows.rowCount);
      for (let i = 0; i < scores.length; i++) {
        fillRow(rows.data, i * columnCount, medians, row);
        scores[i] = bounded(judge.score(row));
      }
      return scores;
    },
    serialize() {
      const { version } = method;
      const writer = createByteWriter({ algorithm: method.name, version, parameters });
      writer.integer(columnCount);
      writer.numbers(medians);
      method.write(model, writer);
      return writer.finish();
    },
  };
}
