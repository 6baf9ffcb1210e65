import { GraphQLError } from "graphql";
import { builder } from "./builder.ts";
import { parseDuration, printDuration } from "./duration.ts";
import { parseInstant } from "./instant.ts";

builder.scalarType("DateTime", {
  description:
    "An instant as RFC 3339 text with an offset, kept to the millisecond: `2026-03-01T08:00:00.000Z`.",
  serialize: (ms) => new Date(ms).toISOString(),
  parseValue: (value) => parseText("DateTime", value, parseInstant),
});

builder.scalarType("Duration", {
  description: "A length of time in ISO 8601 without years and months: `PT30M`, `P1DT12H`.",
  serialize: (ms) => printDuration(ms),
  parseValue: (value) => parseText("Duration", value, parseDuration),
});

builder.scalarType("JSON", {
  description: "Any JSON value.",
  serialize: (value) => value,
  parseValue: (value) => value,
});

builder.scalarType("Cursor", {
  description:
    "A position in the tenant's event log, opaque, or `START` for the oldest kept event.",
  serialize: (cursor) => cursor,
  parseValue: (value) => parseText("Cursor", value, (text) => text),
});

function parseText<T>(scalar: string, value: unknown, parse: (text: string) => T | undefined): T {
  const parsed = typeof value === "string" ? parse(value) : undefined;
  if (parsed !== undefined) return parsed;
  throw new GraphQLError(`Cannot read the value as ${scalar}`, {
    extensions: { code: "BAD_USER_INPUT" },
  });
}
