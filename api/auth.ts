import type { Principal } from "../domain/mod.ts";
import { type Awaitable, LruMap } from "../scoring/edge/mod.ts";

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
export type VerifyKey = (key: string) => Awaitable<Principal | undefined>;

/** A revoked key may be used for so long after. */
const VERIFIED_MS = 1_000;

/** Keys that are remembered: more than use a gateway in a second. */
const VERIFIED_KEYS_MAX = 10_000;

/**
 * Remembers valid keys for a second, so that a busy sender is not looked up at every request. Refusals
 * are not remembered: a new key is valid at once.
 */
export function rememberingKeys(verify: VerifyKey, now: () => number): VerifyKey {
  const known = new LruMap<string, { readonly principal: Principal; readonly until: number }>(
    VERIFIED_KEYS_MAX,
  );
  const look = async (key: string) => {
    const until = now() + VERIFIED_MS;
    const principal = await verify(key);
    if (principal) known.set(key, { principal, until });
    else known.delete(key);
    return principal;
  };
  return (key) => {
    const remembered = known.get(key);
    return remembered && now() < remembered.until ? remembered.principal : look(key);
  };
}

/** The principal of a request, `undefined` when it has no valid key. */
export async function authenticate(
  request: Request,
  verify: VerifyKey,
): Promise<Principal | undefined> {
  const key = presentedKey(request.headers);
  return key === undefined ? undefined : await verify(key);
}
