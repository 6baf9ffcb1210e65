import { FEATURE_COUNT_MAX, type Matrix } from "../../forest/mod.ts";
import { createRandom, ln } from "../../numeric/mod.ts";
import type { Algorithm, Fitted, ParameterRule, Scorer } from "../algorithm.ts";
import { createByteWriter, openBytes } from "../bytes/mod.ts";
import { checkBatch, checkTraining, seededRows } from "../frame/mod.ts";
import { readParameters } from "../parameters.ts";
import {
  rankOf,
  type RankScale,
  rankScaleOf,
  readRankScale,
  surpriseOf,
  writeRankScale,
} from "./rank_scale.ts";
import { alertsOf, type Opinion, type Vote, voteOf, VOTES } from "./vote.ts";

/** One of the methods that an ensemble asks; a method for rows. */
export interface Member {
  readonly algorithm: Algorithm;
  readonly parameters?: Readonly<Record<string, number>>;
  /** Above 0; 1 where not given. */
  readonly weight?: number;
  /** Share of training rows that it would alert on, in (0, 1); a tenth where not given. */
  readonly contamination?: number;
}

export interface EnsembleMethod {
  readonly name: string;
  readonly source: string;
  /** At least one. */
  readonly members: readonly Member[];
  /** The vote where none is chosen. */
  readonly vote: Vote;
}

const VERSION = 1;
const CONTAMINATION_DEFAULT = 0.1;
/** Training rows that members are ranked by: a thousand above the contamination of most settings. */
const RANKED_ROWS_MAX = 8192;

/**
 * An ensemble of methods whose scores are on different scales: each score is ranked among its
 * method's own scores of training rows, which are kept, so that a row can be scored alone.
 */
export function ensembleOf(method: EnsembleMethod): Algorithm {
  const { name, source, members } = method;
  const rules = { vote: voteRule(method.vote) };
  return {
    name,
    input: "rows",
    source,
    parameters: rules,
    fit(rows, { seed, parameters: given }) {
      const parameters = readParameters(rules, given);
      checkTraining(rows);
      const random = createRandom(seed);
      const ranked = chosenRows(rows, seededRows(rows.rowCount, RANKED_ROWS_MAX, seed));
      const voters = members.map(({ algorithm, parameters, ...member }): Voter => {
        const fitted = algorithm.fit(rows, { seed: random.nextUint32(), parameters });
        return { ...member, fitted, scale: rankScaleOf(fitted.scoreBatch(ranked)) };
      });
      return fittedEnsemble({ name, parameters, voters });
    },
    restore(bytes) {
      const reader = openBytes(bytes, { algorithm: name, version: VERSION, rules });
      const columnCount = reader.integer("columnCount", 1, FEATURE_COUNT_MAX);
      const voters = members.map(({ algorithm, ...member }): Voter => {
        const fitted = algorithm.restore(reader.bytes(algorithm.name));
        if (fitted.columnCount !== columnCount) {
          reader.refuse(algorithm.name, `have ${columnCount} columns`, fitted.columnCount);
        }
        return { ...member, fitted, scale: readRankScale(reader) };
      });
      reader.end();
      return fittedEnsemble({ name, parameters: reader.parameters, voters });
    },
  };
}

function voteRule(vote: Vote) {
  return {
    default: VOTES.indexOf(vote),
    min: 0,
    max: VOTES.length - 1,
    integer: true,
    help: VOTES.map((name, number) => `${number} ${name}`).join(", "),
  } satisfies ParameterRule;
}

/** A member that was fitted, with its scores of training rows. */
interface Voter {
  readonly fitted: Fitted;
  readonly scale: RankScale;
  readonly weight?: number;
  readonly contamination?: number;
}

interface Content {
  readonly name: string;
  readonly parameters: { readonly vote: number };
  readonly voters: readonly Voter[];
}

function fittedEnsemble({ name, parameters, voters }: Content): Fitted {
  const { columnCount } = voters[0].fitted;
  const vote = VOTES[parameters.vote];
  const alerts = alertsOf(vote);
  return {
    columnCount,
    lookbackRows: 0,
    scale: "relative",
    ...(alerts && { alerts }),
    open: () => openScorer(vote, voters, columnCount),
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      const scores = voters.map(({ fitted }) => fitted.scoreBatch(rows));
      return Float64Array.from(
        { length: rows.rowCount },
        (_, row) => voteOf(vote, voters.map((voter, at) => opinionOf(voter, scores[at][row]))),
      );
    },
    serialize() {
      const writer = createByteWriter({ algorithm: name, version: VERSION, parameters });
      writer.integer(columnCount);
      for (const { fitted, scale } of voters) {
        writer.bytes(fitted.serialize());
        writeRankScale(scale, writer);
      }
      return writer.finish();
    },
  };
}

function openScorer(vote: Vote, voters: readonly Voter[], columnCount: number): Scorer {
  const scorers = voters.map(({ fitted }) => fitted.open());
  let opinions: Opinion[] = [];
  return {
    push(row) {
      opinions = voters.map((voter, at) => opinionOf(voter, scorers[at].push(row)));
      return voteOf(vote, opinions);
    },
    /** Each member shares its surprise among the columns as it explains the row. */
    explain() {
      const parts = new Float64Array(columnCount);
      opinions.forEach(({ weight, surprise }, at) => {
        const own = scorers[at].explain();
        const most = own.reduce((greatest, part) => Math.max(greatest, part), 0);
        // Parts of the greatest numbers there are would have no finite sum.
        const sum = own.reduce((total, part) => total + part / most, 0);
        if (!(most > 0)) return;
        own.forEach((part, column) => parts[column] += weight * surprise * (part / most / sum));
      });
      return parts;
    },
  };
}

function opinionOf({ scale, weight = 1, contamination }: Voter, score: number): Opinion {
  const surprise = surpriseOf(scale, score);
  const limit = -ln(contamination ?? CONTAMINATION_DEFAULT);
  return { rank: rankOf(scale, score), surprise, pressure: surprise / limit, weight };
}

function chosenRows({ data, columnCount }: Matrix, rows: Uint32Array): Matrix {
  const chosen = new Float32Array(rows.length * columnCount);
  rows.forEach((row, at) =>
    chosen.set(data.subarray(row * columnCount, (row + 1) * columnCount), at * columnCount)
  );
  return { data: chosen, rowCount: rows.length, columnCount };
}
