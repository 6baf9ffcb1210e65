import { isObject, parseJson } from "./json.ts";
import { type ParsedPoints, parsePointItems } from "./points.ts";
import { Problem, quoted } from "./problem.ts";
import type { Refusal } from "./refusal.ts";

const F32_MAX = 3.4028234663852886e38;

/** By the paths of forests and the own parts of other methods, or by exact Shapley values. */
export type Explain = false | "path" | "shapley";

/** Who is asked, and what for. */
export interface ScoreHead {
  /** A model's id or `detector:alias`. */
  readonly model: string;
  /** The tenant's own name of the device, where an alias alone does not tell the model. */
  readonly device: string | undefined;
  /** Judge vectors by this period's section instead of `any`. */
  readonly period: string | undefined;
  /** Tell contributions of every row, not only of flagged ones, and by which method. */
  readonly explain: Explain;
  /** Tell of each flagged row what would make it normal. */
  readonly counterfactual: boolean;
}

/** Feature vectors, or the points of one device. */
export interface ScoreRequest extends ScoreHead {
  readonly vectors: readonly unknown[] | undefined;
  readonly points: ParsedPoints | undefined;
}

export interface ScoreLimits {
  readonly vectorsPerRequestMax: number;
  readonly pointsPerRequestMax: number;
}

/** Rows that can be scored, and why the others cannot. */
export interface ParsedRows {
  /** Row by row, f32. */
  readonly data: Float32Array;
  readonly rowCount: number;
  /** Position in the request of each row. */
  readonly positions: readonly number[];
  readonly refused: readonly Refusal[];
}

/** @throws {Problem} When the body is not a request to score. */
export function parseScoreRequest(bytes: Uint8Array, limits: ScoreLimits): ScoreRequest {
  const body = parseJson(bytes);
  if (!isObject(body)) throw invalid("", "an object", body);
  const { vectors, points } = body;
  if ((vectors === undefined) === (points === undefined)) {
    throw new Problem("INPUT_INVALID", "Cannot score: wanted either vectors or points", {
      field: "vectors",
    });
  }
  const head = headOf(body);
  if (vectors === undefined) {
    const { pointsPerRequestMax } = limits;
    return {
      ...head,
      vectors: undefined,
      points: parsePointItems(points, pointsPerRequestMax, head.device ?? "(any)"),
    };
  }
  if (!Array.isArray(vectors)) throw invalid("vectors", "an array", vectors);
  checkVectorCount(vectors.length, limits.vectorsPerRequestMax);
  return { ...head, vectors, points: undefined };
}

function headOf(body: Readonly<Record<string, unknown>>): ScoreHead {
  const { model, device, period, counterfactual = false } = body;
  if (typeof model !== "string" || model === "") throw invalid("model", "a string", model);
  if (typeof counterfactual !== "boolean") {
    throw invalid("counterfactual", "true or false", counterfactual);
  }
  return {
    model,
    device: optionalString("device", device),
    period: optionalString("period", period),
    explain: explainOf(body.explain),
    counterfactual,
  };
}

function explainOf(explain: unknown = false): Explain {
  if (explain === true) return "path";
  if (explain === false || explain === "path" || explain === "shapley") return explain;
  throw invalid("explain", 'true, false, "path" or "shapley"', explain);
}

function optionalString(field: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw invalid(field, "a string", value);
}

function invalid(field: string, wanted: string, found: unknown): Problem {
  const message = `Cannot take ${field || "the body"}: wanted ${wanted}, found ${quoted(found)}`;
  return new Problem("INPUT_INVALID", message, { field });
}

function checkVectorCount(count: number, limit: number): void {
  if (count <= limit) return;
  throw new Problem("VECTORS_TOO_MANY", `Cannot score more than ${limit} vectors in one request`, {
    field: "vectors",
    limit,
  });
}

/** The head of a request whose body is rows alone, from its query. */
export function parseScoreQuery(query: URLSearchParams): ScoreHead {
  return headOf({
    model: query.get("model") ?? undefined,
    device: query.get("device") ?? undefined,
    period: query.get("period") ?? undefined,
    explain: valueOf(query.get("explain")),
    counterfactual: valueOf(query.get("counterfactual")),
  });
}

/** What JSON would have in place of a query's text. */
function valueOf(text: string | null): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text ?? undefined;
}

/** Rows of a JSON request; each that is not `width` finite numbers is refused. */
export function parseVectors(vectors: readonly unknown[], width: number): ParsedRows {
  let rowCount = 0;
  // Only rows that the body really has reserve memory.
  for (const vector of vectors) if (isRow(vector, width)) rowCount++;
  const rows = new RowWriter(rowCount, width);
  for (let index = 0; index < vectors.length; index++) {
    const vector = vectors[index];
    if (isRow(vector, width)) rows.take(index, vector);
    else {
      const found = Array.isArray(vector) ? `${vector.length}` : quoted(vector);
      rows.refuse(index, `vectors[${index}]`, `wanted ${width} numbers, found ${found}`);
    }
  }
  return rows;
}

function isRow(vector: unknown, width: number): vector is readonly unknown[] {
  return Array.isArray(vector) && vector.length === width;
}

/**
 * Rows of little-endian f32.
 * @throws {Problem} When the bytes are no whole rows, or too many.
 */
export function parseF32Rows(bytes: Uint8Array, width: number, rowsMax: number): ParsedRows {
  const rowBytes = width * 4;
  if (bytes.length % rowBytes !== 0) {
    const message = `Cannot split ${bytes.length} bytes into rows of ${rowBytes} bytes`;
    throw new Problem("BODY_LENGTH_INVALID", message, { limit: rowBytes });
  }
  const rowCount = bytes.length / rowBytes;
  checkVectorCount(rowCount, rowsMax);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rows = new RowWriter(rowCount, width);
  const vector = new Float32Array(width);
  for (let index = 0; index < rowCount; index++) {
    const from = index * rowBytes;
    for (let column = 0; column < width; column++) {
      vector[column] = view.getFloat32(from + column * 4, true);
    }
    rows.take(index, vector);
  }
  return rows;
}

class RowWriter implements ParsedRows {
  readonly positions: number[] = [];
  readonly refused: Refusal[] = [];
  readonly #data: Float32Array;

  constructor(rowsMax: number, readonly width: number) {
    this.#data = new Float32Array(rowsMax * width);
  }

  get rowCount(): number {
    return this.positions.length;
  }

  get data(): Float32Array {
    const length = this.rowCount * this.width;
    return length === this.#data.length ? this.#data : this.#data.subarray(0, length);
  }

  take(index: number, vector: ArrayLike<unknown>): void {
    const from = this.rowCount * this.width;
    for (let column = 0; column < this.width; column++) {
      const value = vector[column];
      if (typeof value !== "number" || !Number.isFinite(value)) {
        const wanted = `wanted a finite number, found ${quoted(value)}`;
        return this.refuse(index, `vectors[${index}][${column}]`, wanted);
      }
      // As the features themselves are: beyond f32 is its greatest number, not infinity.
      this.#data[from + column] = Math.min(Math.max(value, -F32_MAX), F32_MAX);
    }
    this.positions.push(index);
  }

  refuse(index: number, field: string, what: string): void {
    const message = `Cannot score the vector: ${what}`;
    this.refused.push({ index, field, code: "VECTOR_INVALID", message });
  }
}
