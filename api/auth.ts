import type { Principal } from "../domain/mod.ts";

/** Longer texts cannot be keys and are not looked up. */
const KEY_LENGTH_MAX = 200;

/**
 * The API key of a request: `Authorization: Bearer <key>` or `X-Api-Key: <key>`. `undefined` when
 * there is none, or both: a request that says two things is not trusted with either.
 */
export function presentedKey(headers: Headers): string | undefined {
  const authorization = headers.get("authorization");
  const apiKey = headers.get("x-api-key");
  if (authorization !== null && apiKey !== null) return undefined;
  return authorization === null ? keyOf(apiKey) : bearerKey(authorization);
}

/** The key inside the value of an `Authorization` header, also as sockets send it. */
export function bearerKey(authorization: unknown): string | undefined {
  if (typeof authorization !== "string") return undefined;
  return keyOf(/^Bearer +([^\s,]+)$/i.exec(authorization)?.[1] ?? null);
}

function keyOf(text: string | null): string | undefined {
  return text === null || text === "" || text.length > KEY_LENGTH_MAX ? undefined : text;
}

/** Who presents this key, `undefined` when it is unknown or revoked. */
export type VerifyKey = (key: string) => Promise<Principal | undefined>;

/** The principal of a request, `undefined` when it has no valid key. */
export async function authenticate(
  request: Request,
  verify: VerifyKey,
): Promise<Principal | undefined> {
  const key = presentedKey(request.headers);
  return key === undefined ? undefined : await verify(key);
}
