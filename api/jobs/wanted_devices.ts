import { type Detector, devicesInScope, type TenantDb } from "../../domain/mod.ts";

/**
 * The devices asked for that the detector watches, or all of them.
 *
 * @throws {Error} When there is none.
 */
export async function wantedDevices(
  tenant: TenantDb,
  detector: Detector,
  asked: readonly string[] | undefined,
): Promise<string[]> {
  const watched = await devicesInScope(tenant, detector.scope);
  const wanted = asked ? watched.filter((id) => asked.includes(id)) : watched;
  if (wanted.length > 0) return wanted;
  throw new Error(`Cannot work for detector "${detector.name}" as it watches no such device`);
}
