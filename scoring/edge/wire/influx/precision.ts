import { Problem, quoted } from "../problem.ts";

/** How timestamps count: digits that are finer than milliseconds, or milliseconds of one unit. */
export interface Precision {
  readonly digits: number;
  readonly unitMs: number;
}

const PRECISIONS: ReadonlyMap<string, Precision> = new Map([
  ["ns", { digits: 6, unitMs: 1 }],
  ["n", { digits: 6, unitMs: 1 }],
  ["us", { digits: 3, unitMs: 1 }],
  ["u", { digits: 3, unitMs: 1 }],
  ["µ", { digits: 3, unitMs: 1 }],
  ["ms", { digits: 0, unitMs: 1 }],
  ["s", { digits: 0, unitMs: 1_000 }],
  ["m", { digits: 0, unitMs: 60_000 }],
  ["h", { digits: 0, unitMs: 3_600_000 }],
]);

/**
 * The precision of a query's parameter, nanoseconds without one.
 * @throws {Problem} For a word that is none.
 */
export function parsePrecision(word: string | null): Precision {
  const precision = PRECISIONS.get(word ?? "ns");
  if (precision !== undefined) return precision;
  const message = `Cannot take precision ${quoted(word)}: wanted ${
    [...PRECISIONS.keys()].join(", ")
  }`;
  throw new Problem("PARAMETER_INVALID", message, { field: "precision" });
}

/** Milliseconds of a timestamp's digits, the finer ones cut. */
export function instantMs(timestamp: string, { digits, unitMs }: Precision): number {
  if (timestamp.startsWith("-")) return -instantMs(timestamp.slice(1), { digits, unitMs });
  return Number(timestamp.slice(0, Math.max(0, timestamp.length - digits)) || "0") * unitMs;
}
