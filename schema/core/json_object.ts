import { InvalidInputError, type JsonObject } from "../../domain/mod.ts";

/** A JSON value of an input as the object that it must be; nothing given stays nothing. */
export function jsonObject(field: string, value: unknown): JsonObject | null | undefined {
  if (value === null || value === undefined) return value;
  if (typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
  throw new InvalidInputError(field, `Cannot take ${field} as it must be a JSON object`);
}
