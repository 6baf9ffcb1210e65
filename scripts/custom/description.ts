import * as z from "zod/mini";
import type { AlertLevels, Algorithm, ScoreScale } from "../../scoring/algorithm/algorithm.ts";
import { findAlgorithm } from "../../scoring/algorithm/mod.ts";
import { DependencyError } from "../kit/mod.ts";

/** What an algorithm says of itself. */
export type Description = Omit<Algorithm, "fit" | "restore">;

/** As our own: names go into commands and files. */
const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const TEXT_LENGTH_MAX = 1_000;
/** As many as the bytes of a model can hold. */
const PARAMETERS_MAX = 255;

const text = z.string().check(z.minLength(1), z.maxLength(TEXT_LENGTH_MAX));
const RULE = z.strictObject({
  default: z.number(),
  min: z.number(),
  max: z.number(),
  integer: z.optional(z.boolean()),
  help: text,
}).check(z.refine(
  (rule) => rule.min <= rule.default && rule.default <= rule.max,
  "default must be in [min, max]",
));
const DESCRIPTION = z.object({
  name: text.check(z.regex(NAME, "must be in snake_case")),
  input: z.enum(["rows", "series"]),
  isLearner: z.optional(z.boolean()),
  source: text,
  parameters: z.record(text, RULE).check(z.refine(
    (rules) => Object.keys(rules).length <= PARAMETERS_MAX,
    `must be at most ${PARAMETERS_MAX}`,
  )),
});
const FACE = z.object({
  model: z.int(),
  columnCount: z.int(),
  lookback: z.nullable(z.int().check(z.nonnegative())),
  scale: z.enum(["absolute", "relative"]),
  alerts: z.optional(
    z.strictObject({ threshold: z.number(), release: z.number() }).check(z.refine(
      ({ threshold, release }) => release <= threshold,
      "release must be at most threshold",
    )),
  ),
});

/** @throws {DependencyError} When it is none, or its name is taken. */
export function readDescription({ algorithm }: Readonly<Record<string, unknown>>): Description {
  const description = parsed(DESCRIPTION, algorithm);
  if (findAlgorithm(description.name)) refuse(`its name "${description.name}" is one of ours`);
  return description;
}

/** What a fitted algorithm says of itself, and the number by which it is asked for. */
export interface Face {
  readonly model: number;
  readonly lookbackRows: number;
  readonly scale: ScoreScale;
  readonly alerts?: AlertLevels;
}

/** @throws {DependencyError} When it is none, or of other columns. */
export function readFace(
  head: Readonly<Record<string, unknown>>,
  { input, isLearner }: Description,
  columnCount: number,
): Face {
  const { lookback, columnCount: found, ...face } = parsed(FACE, head);
  if (found !== columnCount) refuse(`it was fitted to ${columnCount} columns and has ${found}`);
  if (input === "rows" && lookback !== 0) refuse("it is for rows, and looks back");
  if (lookback === null && !isLearner) refuse("only a learner may look back without an end");
  return { ...face, lookbackRows: lookback ?? Infinity };
}

function parsed<T extends z.ZodMiniType>(type: T, value: unknown): z.infer<T> {
  const { success, data, error } = type.safeParse(value);
  if (success) return data;
  const [{ path, message }] = error.issues;
  return refuse(`${["it", ...path].join(".")}: ${message}`);
}

function refuse(why: string): never {
  throw new DependencyError(`Cannot use what a custom algorithm says of itself: ${why}`);
}
