import type { Problem } from "../problem.ts";

/** Which of InfluxDB's interfaces is spoken: they tell errors in different words. */
export type InfluxVersion = 1 | 2;

/** Version 2's codes by the status of HTTP. */
const CODES: ReadonlyMap<number, string> = new Map([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not found"],
  [405, "method not allowed"],
  [413, "request too large"],
  [429, "too many requests"],
  [500, "internal error"],
  [503, "unavailable"],
]);

/** A refusal of a whole request as InfluxDB tells it. */
export function influxProblem(version: InfluxVersion): (_: Request, problem: Problem) => Response {
  return (_, { status, code, message, details: { headers } }) => {
    const text = `${code}: ${message}`;
    const body = version === 1
      ? { error: text }
      : { code: CODES.get(status) ?? "invalid", message: text };
    return Response.json(body, { status, headers: { ...headers, ...influxErrorHeader(text) } });
  };
}

/** Where senders look for what is wrong. A header holds no line break and nothing beyond ASCII. */
export function influxErrorHeader(text: string): Record<string, string> {
  return { "x-influxdb-error": text.replace(/[^\x20-\x7e]/g, "?") };
}
