import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** A tenant's view of the database: reads go through `db`, and every query filters by `tenantId`. */
export interface TenantDb {
  readonly db: Kysely<Tables>;
  readonly tenantId: string;
}
