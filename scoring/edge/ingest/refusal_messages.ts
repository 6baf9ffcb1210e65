import type { TelemetryPoint } from "../../point.ts";
import { FUTURE_MS_MAX } from "../limits.ts";
import { quoted } from "../wire/mod.ts";

/** Why a point is refused whose instant the wall clock has not reached. */
export function tooFarAhead(at: number): string {
  return `Cannot take ${quoted(at)} as an instant: ` +
    `it is more than ${FUTURE_MS_MAX / 60_000} minutes ahead`;
}

/** Why a point is refused at whose instant another value is known. */
export function differs({ metric, value }: TelemetryPoint, known: number): string {
  return `Cannot take ${value} as a value of ${quoted(metric)}: ${known} is known at this instant`;
}
