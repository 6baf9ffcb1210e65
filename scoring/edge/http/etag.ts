import { toHex } from "../../numeric/mod.ts";

/** A JSON text with its strong ETag, or 304 without a body when the caller has it. */
export async function taggedResponse(request: Request, text: string): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const etag = `"${toHex(new Uint8Array(digest)).slice(0, 32)}"`;
  const headers = { etag, "cache-control": "private, no-cache" };
  if (isKnown(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(text, { headers: { ...headers, "content-type": "application/json" } });
}

/** Weak comparison, as RFC 9110 wants it for If-None-Match. */
function isKnown(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}
