import { timingSafeEqual } from "node:crypto";
import { sha256 } from "@noble/hashes/sha2";
import type { Selectable } from "kysely";
import { build, guarded, statement } from "../storage/build.ts";
import type { ChangeDeps } from "../change.ts";
import { NotFoundError } from "../errors.ts";
import type { RandomBytes } from "../id.ts";
import { checkedChoice, checkedName } from "../input.ts";
import { type Page, type PageRequest, readPage } from "../storage/page.ts";
import { quotaExceeded } from "./quota.ts";
import { type Principal, type Role, ROLES } from "./role.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Readable } from "./tenants.ts";
import type { Change } from "../storage/write.ts";

/** Keys of a tenant, the revoked ones among them: one for each person and device gateway, and to spare. */
export const API_KEYS_MAX = 1_000;

const PREFIX_LENGTH = 12;
const PREFIX_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_BYTES = 32;
const PRESENTED = /^tl_([0-9A-Za-z]{12})_[0-9A-Za-z_-]{43}$/;

/** A key as it is shown after it was made: without anything that would let one use it. */
export type ApiKey =
  & Omit<Selectable<Tables["api_keys"]>, "hash" | "role">
  & { readonly role: Role };

export interface NewApiKey {
  /** For people; shown as who acknowledged. */
  readonly name: string;
  readonly role: Role;
}

/** A key that was just made. */
export interface ApiKeyChange extends Change<ApiKey> {
  /** The whole key. It is nowhere else: show it now. */
  readonly secret: string;
}

/**
 * A new key: `tl_`, twelve characters to find it by, `_`, and 256 random bits of which only a hash is
 * stored.
 *
 * @throws {InvalidInputError} @throws {QuotaExceededError}
 */
export async function createApiKey(
  tenant: TenantDb,
  input: NewApiKey,
  { now, newId, random }: ChangeDeps & { readonly random: RandomBytes },
): Promise<ApiKeyChange> {
  const prefix = randomPrefix(random);
  const body = random(new Uint8Array(SECRET_BYTES))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  const secret = `tl_${prefix}_${body}`;
  const key: ApiKey = {
    id: newId(),
    tenant_id: tenant.tenantId,
    name: checkedName("name", input.name),
    prefix,
    role: checkedChoice("role", input.role, ROLES),
    created_at: now(),
    revoked_at: null,
  };
  await checkKeyQuota(tenant);
  const insert = build.insertInto("api_keys").values({ ...key, hash: digestOf(secret).toHex() });
  return { subject: key, secret, write: { statements: [statement(insert)] } };
}

/**
 * Who presents this key. `undefined` for a text that is no key, an unknown one and a revoked one
 * alike; a wrong secret takes as long as a right one.
 */
export async function verifyApiKey(
  db: Readable,
  presented: string,
): Promise<Principal | undefined> {
  const [, prefix] = PRESENTED.exec(presented) ?? [];
  if (prefix === undefined) return undefined;
  const row = await db.reader.selectFrom("api_keys").selectAll()
    .where("prefix", "=", prefix).executeTakeFirst();
  const expected = row ? Uint8Array.fromHex(row.hash) : new Uint8Array(32);
  if (!timingSafeEqual(digestOf(presented), expected)) return undefined;
  if (row === undefined || row.revoked_at !== null) return undefined;
  return { tenantId: row.tenant_id, keyId: row.id, name: row.name, role: row.role as Role };
}

/**
 * The key, of no use from now on. One that is revoked already stays as it is.
 *
 * @throws {NotFoundError}
 */
export async function revokeApiKey(
  tenant: TenantDb,
  id: string,
  { now }: Pick<ChangeDeps, "now">,
): Promise<Change<ApiKey>> {
  const key = await findApiKey(tenant, id);
  if (!key) throw new NotFoundError("api key", id);
  if (key.revoked_at !== null) return { subject: key, write: { statements: [] } };
  const revoked: ApiKey = { ...key, revoked_at: now() };
  const update = build.updateTable("api_keys").set({ revoked_at: revoked.revoked_at })
    .where("tenant_id", "=", tenant.tenantId).where("id", "=", id)
    .where("revoked_at", "is", null);
  return { subject: revoked, write: { statements: [guarded(update)] } };
}

/** By id. */
export function findApiKey(tenant: TenantDb, id: string): Promise<ApiKey | undefined> {
  return keysOf(tenant).where("id", "=", id).executeTakeFirst();
}

/** Newest first; its key is (created_at, id). */
export function listApiKeys(tenant: TenantDb, page: PageRequest): Promise<Page<ApiKey>> {
  return readPage(keysOf(tenant), { columns: ["created_at", "id"], direction: "desc" }, page);
}

function keysOf(tenant: TenantDb) {
  return tenant.db.selectFrom("api_keys")
    .select(["id", "tenant_id", "name", "prefix", "created_at", "revoked_at"])
    .select((eb) => eb.ref("role").$castTo<Role>().as("role"))
    .where("tenant_id", "=", tenant.tenantId);
}

async function checkKeyQuota(tenant: TenantDb): Promise<void> {
  const last = await keysOf(tenant).limit(1).offset(API_KEYS_MAX - 1).executeTakeFirst();
  if (last) throw quotaExceeded("API_KEYS_MAX", API_KEYS_MAX);
}

function digestOf(secret: string): Uint8Array {
  return sha256(new TextEncoder().encode(secret));
}

/** Characters of equal chance: a byte past the last whole round of the alphabet is thrown away. */
function randomPrefix(random: RandomBytes): string {
  const fair = 256 - 256 % PREFIX_ALPHABET.length;
  let prefix = "";
  while (prefix.length < PREFIX_LENGTH) {
    const [byte] = random(new Uint8Array(1));
    if (byte < fair) prefix += PREFIX_ALPHABET[byte % PREFIX_ALPHABET.length];
  }
  return prefix;
}
