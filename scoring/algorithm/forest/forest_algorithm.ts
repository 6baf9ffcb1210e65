import { BundleError } from "../../bundle/bundle_error.ts";
import { decodeForest, encodeForest } from "../../bundle/forest_section.ts";
import {
  checkDensities,
  createDensityScorer,
  type DensityScorer,
  explainRow,
  FEATURE_COUNT_MAX,
  type Forest,
  type Matrix,
  type NodeDensities,
  scoreForest,
  scoreRow,
} from "../../forest/mod.ts";
import type { Algorithm, Fitted, ParameterRule } from "../algorithm.ts";
import { type ByteReader, createByteWriter, openBytes } from "../bytes/mod.ts";
import { checkBatch, checkTraining, checkWidth, VALUE_MAX } from "../frame/mod.ts";
import { type Parameters, readParameters } from "../parameters.ts";
import { fillKnown, knownMedians, knownRows } from "./known_rows.ts";

type Rules = Readonly<Record<string, ParameterRule>>;

/** What is particular to a kind of forest; `forestAlgorithm` adds what all of them share. */
export interface ForestMethod<R extends Rules> {
  readonly name: string;
  readonly source: string;
  readonly parameters: R;
  /** Rows are known, each value finite. */
  fit(rows: Matrix, parameters: Parameters<R>, seed: number): GrownForest;
}

/** A forest that scores by path lengths, or by densities where it has them. */
export interface GrownForest {
  readonly forest: Forest;
  readonly densities?: NodeDensities;
}

const VERSION = 1;

/** A forest under the contract: missing values are medians, scores are Liu's or −ln of densities. */
export function forestAlgorithm<R extends Rules>(method: ForestMethod<R>): Algorithm {
  const { name, source, parameters: rules } = method;
  const kind = { algorithm: name, version: VERSION, rules };
  return {
    name,
    input: "rows",
    source,
    parameters: rules,
    fit(rows, { seed, parameters: given }) {
      const parameters = readParameters(rules, given);
      checkTraining(rows);
      const medians = knownMedians(rows);
      const grown = method.fit(knownRows(rows, medians), parameters, seed);
      return fittedForest({ name, parameters, medians, ...grown });
    },
    restore(bytes) {
      const reader = openBytes(bytes, kind);
      const medians = reader.floats("medians", undefined, { min: -VALUE_MAX, max: VALUE_MAX });
      const forest = readForest(reader, medians.length);
      const densities = readDensities(reader, forest);
      reader.end();
      return fittedForest({ name, parameters: reader.parameters, medians, forest, densities });
    },
  };
}

interface Content extends GrownForest {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly medians: Float32Array;
}

function fittedForest(content: Content): Fitted {
  const { forest, densities, medians } = content;
  const columnCount = medians.length;
  const scorer = densities ? createDensityScorer(forest, densities) : createPathScorer(forest);
  return {
    columnCount,
    lookbackRows: 0,
    scale: densities ? "relative" : "absolute",
    open() {
      const known = medians.slice();
      return {
        push(row) {
          checkWidth(row.length, columnCount);
          fillKnown(row, medians, known);
          return scorer.score(known);
        },
        explain: () => scorer.explain(known).map((part) => Math.max(0, part)),
      };
    },
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      return scorer.scoreRows(knownRows(rows, medians));
    },
    serialize: () => serialized(content),
  };
}

function createPathScorer(forest: Forest): DensityScorer {
  return {
    score: (row) => scoreRow(forest, row),
    scoreRows: (rows) => scoreForest(forest, rows),
    explain: (row) => explainRow(forest, row).contributions,
  };
}

function serialized({ name, parameters, medians, forest, densities }: Content) {
  const writer = createByteWriter({ algorithm: name, version: VERSION, parameters });
  writer.floats(medians);
  writer.bytes(encodeForest(forest));
  // Densities are signed; as unsigned numbers they keep their bits.
  writer.integers(densities ? new Uint32Array(densities.buffer) : new Uint32Array(0));
  return writer.finish();
}

function readForest(reader: ByteReader<unknown>, columnCount: number): Forest {
  const bytes = reader.bytes("forest");
  const forest = decoded(reader, bytes);
  if (columnCount < 1 || columnCount > FEATURE_COUNT_MAX || forest.featureCount !== columnCount) {
    reader.refuse("medians", `have ${forest.featureCount} entries`, columnCount);
  }
  return forest;
}

function decoded(reader: ByteReader<unknown>, bytes: Uint8Array): Forest {
  try {
    return decodeForest(bytes);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return reader.refuse("forest", "be sound", error.message);
  }
}

function readDensities(reader: ByteReader<unknown>, forest: Forest): NodeDensities | undefined {
  const units = reader.integers("densities");
  if (units.length === 0) return undefined;
  const densities = new Int32Array(units.buffer);
  checkDensities(forest, densities);
  return densities;
}
