import {
  DEFAULT_MAPPING,
  MappingError,
  type MappingSettings,
  parseMapping,
} from "../../scoring/edge/mapping/mod.ts";
import { type ChangeDeps, checkVersion } from "../change.ts";
import { InvalidInputError } from "../errors.ts";
import { build, guarded } from "../storage/build.ts";
import { eventStatement } from "../storage/event_log.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change } from "../storage/write.ts";

/** How a tenant turns names of senders into devices and metrics. */
export interface MappingRules extends MappingSettings {
  /** Wall clock, ms; null for the default that nobody has set. */
  readonly updatedAt: number | null;
}

export interface NewMappingRules {
  /** As `parseMapping` takes them. */
  readonly rules: unknown;
  /** "create" (the default), "refuse" or "quarantine". */
  readonly unknown?: string | null;
  /** Refuse when the rules have another version by now. */
  readonly expectedVersion?: number | null;
}

/** The tenant's rules, the default ones where it has none. */
export async function findMappingRules(tenant: TenantDb): Promise<MappingRules> {
  const row = await tenant.db.selectFrom("mapping_rules").selectAll()
    .where("tenant_id", "=", tenant.tenantId).executeTakeFirst();
  if (!row) return { ...DEFAULT_MAPPING, updatedAt: null };
  const { rules, unknown } = parseMapping({
    rules: JSON.parse(row.rules),
    unknown: row.unknown_names,
  });
  return { rules, unknown, version: row.version, updatedAt: row.updated_at };
}

/**
 * Puts new rules in the place of the tenant's.
 *
 * @throws {InvalidInputError}
 * @throws {ConflictError} When they have another version than expected.
 */
export async function setMappingRules(
  tenant: TenantDb,
  { rules, unknown, expectedVersion }: NewMappingRules,
  { now }: Pick<ChangeDeps, "now">,
): Promise<Change<MappingRules>> {
  const known = await findMappingRules(tenant);
  checkVersion(known, expectedVersion);
  const next: MappingRules = {
    ...checkedMapping({ rules, unknown: unknown ?? "create" }),
    version: known.version + 1,
    updatedAt: now(),
  };
  const row = {
    unknown_names: next.unknown,
    rules: JSON.stringify(next.rules),
    updated_at: next.updatedAt!,
    version: next.version,
  };
  const { tenantId } = tenant;
  const insert = build.insertInto("mapping_rules").values({ tenant_id: tenantId, ...row })
    .onConflict((conflict) =>
      conflict.column("tenant_id").doUpdateSet(row)
        .where("mapping_rules.version", "=", known.version)
    );
  const event = eventStatement({
    tenantId,
    type: "mapping.updated",
    subjectId: tenantId,
    payload: next,
    at: now(),
  });
  return { subject: next, write: { statements: [guarded(insert), event] } };
}

function checkedMapping(value: unknown): Pick<MappingSettings, "rules" | "unknown"> {
  try {
    return parseMapping(value);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new InvalidInputError(error.field, error.message, error.limit);
  }
}
