import * as z from "zod/mini";
import { type Algorithm, readParameters } from "../../scoring/algorithm/mod.ts";
import { UsageError } from "../kit/mod.ts";

/** What a detector file may say; what it leaves out is found in the data. */
export interface DetectorFile {
  readonly algorithm: string;
  readonly parameters?: Readonly<Record<string, number>>;
  /** Score in (0, 1] above which a row is an anomaly. */
  readonly threshold?: number;
  readonly columns?: readonly string[];
  readonly timeColumn?: string;
  /** Expected share of anomalies. */
  readonly contamination?: number;
}

/** With more, what is usual and what is not change their names. */
export const CONTAMINATION_MAX = 0.5;

const NAME = z.string("must be a text").check(z.minLength(1, "must not be empty"));
const THRESHOLD = "must be a number above 0 and below 1";
const SHARE = `must be a number above 0 and at most ${CONTAMINATION_MAX}`;
const COLUMNS = "must be a list of names, at least one";
const DETECTOR = z.strictObject({
  algorithm: NAME,
  parameters: z.optional(
    z.record(z.string(), z.number("must be a number"), "must be numbers by name"),
  ),
  threshold: z.optional(z.number(THRESHOLD).check(z.positive(THRESHOLD), z.lt(1, THRESHOLD))),
  columns: z.optional(z.array(NAME, COLUMNS).check(z.minLength(1, COLUMNS))),
  timeColumn: z.optional(NAME),
  contamination: z.optional(
    z.number(SHARE).check(z.positive(SHARE), z.lte(CONTAMINATION_MAX, SHARE)),
  ),
}, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? `there is no field ${issue.keys.join(", ")}`
      : "it must be an object",
});

/** @throws {UsageError} naming the field that is not of the format. */
export async function readDetector(path: string): Promise<DetectorFile> {
  return parseDetector(await readText(path), path);
}

export function parseDetector(text: string, path: string): DetectorFile {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot read detector "${path}": ${why}`);
  };
  const { success, data, error } = DETECTOR.safeParse(jsonOf(text, refuse));
  if (!success) {
    const [{ path: field, message }] = error.issues;
    return refuse(field.length === 0 ? message : `${field.join(".")} ${message}`);
  }
  const { columns } = data;
  const twice = columns?.find((column, index) => columns.indexOf(column) < index);
  if (twice !== undefined) refuse(`columns: "${twice}" is there twice`);
  if (data.threshold !== undefined && data.contamination !== undefined) {
    refuse("threshold and contamination both decide what an anomaly is: give one of them");
  }
  return data;
}

/** @throws {UsageError} when a method does not take such parameters. */
export function checkParameters(
  algorithm: Algorithm,
  given: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  try {
    return readParameters(algorithm.parameters, given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`Cannot use ${algorithm.name}: ${error.message}`);
  }
}

function jsonOf(text: string, refuse: (why: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot read detector "${path}": there is no such file`);
  }
}
