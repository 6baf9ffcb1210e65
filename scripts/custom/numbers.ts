import type { Algorithm, ScoreScale } from "../../scoring/algorithm/algorithm.ts";
import { DependencyError } from "../kit/mod.ts";

/** What decides which scores there may be. */
interface ScoreKind {
  readonly input: Algorithm["input"];
  readonly scale: ScoreScale;
}

/** @throws {DependencyError} When it is not one sound score for each row. */
export function rowScores(
  body: Uint8Array<ArrayBuffer>,
  rowCount: number,
  kind: ScoreKind,
): Float64Array {
  const scores = numbersOf(body, rowCount, "scores");
  scores.forEach((score) => checkScore(score, kind));
  return scores;
}

/** @throws {DependencyError} When it is not a sound score, and an alarm or none. */
export function scoreAndAlarm(
  body: Uint8Array<ArrayBuffer>,
  kind: ScoreKind,
): { readonly score: number; readonly alarm: number | undefined } {
  const [score, alarm] = numbersOf(body, body.length > 8 ? 2 : 1, "score and alarm");
  checkScore(score, kind);
  if (alarm !== undefined && score === score) checkScore(alarm, kind);
  return { score, alarm };
}

/** @throws {DependencyError} When it is not a finite number for each column. */
export function columnParts(
  body: Uint8Array<ArrayBuffer>,
  count: number,
  { min = -Infinity }: { readonly min?: number } = {},
): Float64Array {
  const parts = numbersOf(body, count, "parts of columns");
  const wrong = parts.find((part) => !(Number.isFinite(part) && part >= min));
  if (wrong !== undefined) refuse(`a part of a column is ${wrong}`);
  return parts;
}

function numbersOf(body: Uint8Array<ArrayBuffer>, count: number, what: string): Float64Array {
  if (body.length !== 8 * count) refuse(`it gave ${body.length / 8} ${what} instead of ${count}`);
  return new Float64Array(body.slice().buffer);
}

function checkScore(score: number, { input, scale }: ScoreKind): void {
  // A series may need more rows before it can tell.
  if (score !== score && input === "series") return;
  const isSound = scale === "absolute" ? score > 0 && score <= 1 : Number.isFinite(score);
  if (!isSound) refuse(`it gave the ${scale} score ${score}`);
}

function refuse(why: string): never {
  throw new DependencyError(`Cannot use what a custom algorithm answers: ${why}`);
}
