/**
 * What a key may do, from least to most: viewer reads; responder also acknowledges and resolves; engineer also
 * changes devices, metrics, detectors and fits; admin also manages keys. `edge` sends telemetry and syncs
 * and reads nothing else.
 */
export const ROLES = ["viewer", "responder", "engineer", "admin", "edge"] as const;

/** One of `ROLES`. */
export type Role = typeof ROLES[number];

/** Who is asking, as a verified key says. */
export interface Principal {
  readonly tenantId: string;
  readonly keyId: string;
  /** Name of the key, shown as who acknowledged. */
  readonly name: string;
  readonly role: Role;
}
