import {
  findIncident,
  type IncidentRow,
  listIncidents,
  loadDevices,
  type TenantDb,
  toIncident,
} from "../../domain/mod.ts";
import type { IncidentCatalog, ToldIncident } from "../../scoring/edge/mod.ts";

/** A tenant's stored incidents, as every edge tells them. */
export function createIncidentCatalog(tenant: TenantDb): IncidentCatalog {
  return {
    list: async ({ states, first, after }) => {
      const page = { states, first, after: after && [after.openedAt, after.id] };
      return await told(tenant, (await listIncidents(tenant, page)).items);
    },
    find: async (id) => {
      const row = await findIncident(tenant, id);
      return row && (await told(tenant, [row]))[0];
    },
  };
}

async function told(tenant: TenantDb, rows: readonly IncidentRow[]): Promise<ToldIncident[]> {
  const devices = await loadDevices(tenant, rows.map(({ device_id }) => device_id));
  return rows.map((row, index) => (
    { ...toIncident(row), device: devices[index]?.external_id ?? row.device_id }
  ));
}
