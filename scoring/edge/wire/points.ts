import type { TelemetryPoint } from "../../point.ts";
import { NAME_LENGTH_MAX, TIMESTAMP_MIN } from "../limits.ts";
import { parseInstant } from "./instant.ts";
import { decodeText, isObject, parseJson } from "./json.ts";
import { normalisedName } from "./names.ts";
import { Problem, quoted } from "./problem.ts";
import type { Refusal, RefusalCode } from "./refusal.ts";

/** The points of a request that are points, and why the others are none. */
export interface ParsedPoints {
  readonly points: readonly TelemetryPoint[];
  /** Position in the request of each of `points`, ascending. */
  readonly positions: readonly number[];
  readonly refused: readonly Refusal[];
}

/** A point with the longest names, escaped, and as much again that nobody reads. */
const LINE_LENGTH_MAX = 16 * 1024;

/** How a body carries points. */
export type PointsFormat = "json" | "ndjson";

/**
 * Points of a telemetry body. Bad points are refused one by one.
 * @throws {Problem} When the body as a whole cannot be read, or has more than `pointsMax` points.
 */
export function parsePoints(
  bytes: Uint8Array,
  format: PointsFormat,
  pointsMax: number,
): ParsedPoints {
  return format === "json" ? parseJsonPoints(bytes, pointsMax) : parseLines(bytes, pointsMax);
}

function parseJsonPoints(bytes: Uint8Array, pointsMax: number): ParsedPoints {
  const body = parseJson(bytes);
  return parsePointItems(isObject(body) ? body.points : undefined, pointsMax);
}

/**
 * The points of a list that was parsed already.
 * @param device Device of the points that name none.
 * @throws {Problem} When it is no list, or too long a one.
 */
export function parsePointItems(
  items: unknown,
  pointsMax: number,
  device?: string,
): ParsedPoints {
  if (!Array.isArray(items)) {
    throw new Problem(
      "INPUT_INVALID",
      `Cannot find points: wanted an array, found ${quoted(items)}`,
      {
        field: "points",
      },
    );
  }
  if (items.length > pointsMax) throw tooManyPoints(pointsMax);
  const parser = new PointParser(device);
  for (let index = 0; index < items.length; index++) parser.take(items[index], index);
  return parser;
}

/** The refusal of a request with too many points. */
export function tooManyPoints(limit: number): Problem {
  return new Problem("POINTS_TOO_MANY", `Cannot take more than ${limit} points in one request`, {
    field: "points",
    limit,
  });
}

function parseLines(bytes: Uint8Array, pointsMax: number): ParsedPoints {
  const text = decodeText(bytes);
  const parser = new PointParser();
  let index = 0;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    if (line === "" || line === "\r") continue;
    if (index >= pointsMax) throw tooManyPoints(pointsMax);
    parser.takeLine(line, index++);
  }
  return parser;
}

/** Checks items one after the other; a name is normalised and looked at only once a request. */
export class PointParser implements ParsedPoints {
  readonly points: TelemetryPoint[] = [];
  readonly positions: number[] = [];
  readonly refused: Refusal[] = [];
  readonly #names = new Map<string, string | undefined>();

  constructor(readonly deviceDefault?: string) {}

  takeLine(line: string, index: number): void {
    if (line.length > LINE_LENGTH_MAX) {
      const message = `Cannot take a line of more than ${LINE_LENGTH_MAX} characters`;
      return this.refuse(index, "", "LINE_INVALID", message);
    }
    let item: unknown;
    try {
      item = JSON.parse(line);
    } catch {
      return this.refuse(index, "", "LINE_INVALID", "Cannot parse the line as JSON");
    }
    this.take(item, index);
  }

  take(item: unknown, index: number): void {
    if (!isObject(item)) {
      const message = `Cannot take a point: wanted an object, found ${quoted(item)}`;
      return this.refuse(index, "", "POINT_INVALID", message);
    }
    const device = this.#nameOf(item.device ?? this.deviceDefault);
    if (device === undefined) return this.#refuseName(index, "device", item.device);
    const metric = this.#nameOf(item.metric);
    if (metric === undefined) return this.#refuseName(index, "metric", item.metric);
    const at = typeof item.at === "string" ? parseInstant(item.at) : item.at;
    if (typeof at !== "number" || !Number.isSafeInteger(at)) {
      return this.#refuseInstant(index, item.at);
    }
    if (at < TIMESTAMP_MIN) return this.#refuseOld(index, item.at);
    const value = item.value;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return this.#refuseValue(index, value);
    }
    // Storage has no negative zero, so it must not make a difference to a score either.
    this.points.push({ device, metric, at, value: value === 0 ? 0 : value });
    this.positions.push(index);
  }

  #nameOf(raw: unknown): string | undefined {
    if (typeof raw !== "string") return undefined;
    const known = this.#names.get(raw);
    if (known !== undefined || raw.length > NAME_LENGTH_MAX * 2 || this.#names.has(raw)) {
      return known;
    }
    const name = normalisedName(raw);
    this.#names.set(raw, name);
    return name;
  }

  #refuseName(index: number, field: "device" | "metric", raw: unknown): void {
    const code = field === "device" ? "DEVICE_INVALID" : "METRIC_INVALID";
    const message = `Cannot take ${quoted(raw)} as the name of a ${field}: ` +
      `wanted 1 to ${NAME_LENGTH_MAX} characters, none of them a control character`;
    this.refuse(index, field, code, message);
  }

  #refuseInstant(index: number, raw: unknown): void {
    const message = `Cannot take ${quoted(raw)} as an instant: ` +
      "wanted RFC 3339 with an offset or integer milliseconds since 1970";
    this.refuse(index, "at", "TIMESTAMP_INVALID", message);
  }

  #refuseOld(index: number, raw: unknown): void {
    const message = `Cannot take ${quoted(raw)} as an instant: it is before 1980; ` +
      "are these seconds instead of milliseconds?";
    this.refuse(index, "at", "TIMESTAMP_TOO_OLD", message);
  }

  #refuseValue(index: number, raw: unknown): void {
    const code = typeof raw === "number" ? "VALUE_NOT_FINITE" : "VALUE_INVALID";
    const message = `Cannot take ${quoted(raw)} as a value: wanted a finite number`;
    this.refuse(index, "value", code, message);
  }

  refuse(index: number, field: string, code: RefusalCode, message: string): void {
    this.refused.push({ index, field, code, message });
  }
}
