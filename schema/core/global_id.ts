import { InvalidInputError } from "../../domain/mod.ts";

/** Longest id that is looked at; ours have at most 100 characters. */
const GLOBAL_ID_LENGTH_MAX = 400;

/** Makes the opaque id that leaves the API: base64url of the type's name and the row's id. */
export function encodeGlobalId(typename: string, id: string): string {
  const bytes = new TextEncoder().encode(`${typename}:${id}`);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Reads an id that `encodeGlobalId` made; throws `InvalidInputError` for anything else. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const text = decodeText(globalId);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 1) {
    throw new InvalidInputError("id", "Cannot read id as it is not one of this API");
  }
  return { typename: text.slice(0, colon), id: text.slice(colon + 1) };
}

/**
 * The row's id inside an id of this type. Throws `InvalidInputError` naming `field` when the id is
 * malformed or of another type; whether such a row exists is for the domain to say.
 */
export function rowIdOf(typename: string, globalId: string, field: string): string {
  const text = decodeText(globalId);
  if (!text?.startsWith(`${typename}:`) || text.length === typename.length + 1) {
    throw new InvalidInputError(field, `Cannot read ${field} as it is not the id of a ${typename}`);
  }
  return text.slice(typename.length + 1);
}

/** As `rowIdOf`, where nothing given stays nothing. */
export function optionalRowId(
  typename: string,
  globalId: string | null | undefined,
  field: string,
): string | undefined {
  return typeof globalId === "string" ? rowIdOf(typename, globalId, field) : undefined;
}

function decodeText(globalId: string): string | undefined {
  if (globalId.length > GLOBAL_ID_LENGTH_MAX) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(globalId, { alphabet: "base64url" });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
