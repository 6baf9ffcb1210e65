import type { Selectable } from "kysely";
import {
  FORWARDING_POLICIES,
  type ForwardingPolicy,
} from "../../scoring/edge/standalone/protocol.ts";
import type { SeverityProfile, ThresholdMode } from "../../scoring/detect/mod.ts";
import type { FeaturePlan } from "../../scoring/features/mod.ts";
import type { IncidentPolicy } from "../../scoring/incident/mod.ts";
import { build, guarded, listed } from "../storage/build.ts";
import { type ChangeDeps, checkVersion } from "../change.ts";
import {
  checkedContamination,
  checkedDetection,
  checkedPagesPerWeek,
  checkedParameters,
  checkedPolicy,
  checkedPreset,
  checkedScope,
  type DetectorParameters,
  type DetectorScope,
  type PlanInput,
  SEVERITY_PROFILES,
  THRESHOLD_MODES,
} from "./detector_input.ts";
import {
  checkedDriftPolicy,
  checkedRefitEvery,
  type DetectorDriftPolicy,
  type DriftPolicyInput,
} from "../drift/drift_policy.ts";
import type { Device } from "../fleet/devices.ts";
import { ConflictError, NotFoundError } from "../errors.ts";
import { eventStatement } from "../storage/event_log.ts";
import { checkedChoice, checkedName } from "../input.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import { checkQuota } from "../tenancy/quota.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change } from "../storage/write.ts";

export type { DetectorParameters, DetectorScope } from "./detector_input.ts";

type Stored = Selectable<Tables["detectors"]>;

/** A tenant's definition of what to watch and how. */
export type Detector =
  & Omit<
    Stored,
    | "scope"
    | "feature_plan"
    | "parameters"
    | "threshold_mode"
    | "severity_profile"
    | "incident_policy"
    | "forwarding"
    | "drift_policy"
  >
  & {
    readonly scope: DetectorScope;
    readonly feature_plan: FeaturePlan;
    readonly parameters: DetectorParameters;
    readonly threshold_mode: ThresholdMode;
    readonly severity_profile: SeverityProfile;
    readonly incident_policy: IncidentPolicy;
    readonly forwarding: ForwardingPolicy;
    readonly drift_policy: DetectorDriftPolicy;
  };

export interface NewDetector extends PlanInput {
  /** Unique in the tenant. */
  readonly name: string;
  readonly scope: DetectorScope;
  /** Name of settings that hold where nothing else is given. */
  readonly preset?: string | null;
  /** The algorithm's defaults and seed 1 where not given. */
  readonly parameters?: Readonly<Record<string, number>> | null;
  /** "AUTO" (the default), "CONTAMINATION", "TUNED" or "BUDGET". */
  readonly thresholdMode?: string | null;
  readonly contamination?: number | null;
  /** For BUDGET; 1 where not given. */
  readonly pagesPerWeek?: number | null;
  /** "smartbox" (the default) or "phase3". */
  readonly severityProfile?: string | null;
  readonly incidentPolicy?: Partial<IncidentPolicy> | null;
  /** What stand-alone edges send of its metrics: "all" (the default), "aggregates" or "anomalies". */
  readonly forwarding?: string | null;
  readonly driftPolicy?: DriftPolicyInput | null;
  /** Time after which it is fitted anew, ms; 0 or nothing for a detector that people fit. */
  readonly refitEveryMs?: number | null;
  readonly enabled?: boolean | null;
}

/**
 * What to change; a field that is left out stays. All but scope, `forwarding` and `enabled` holds from
 * the next fit on.
 */
export interface DetectorPatch extends Partial<NewDetector> {
  /** Refuse when the detector has another version by now. */
  readonly expectedVersion?: number | null;
}

/** By id. */
export async function findDetector(tenant: TenantDb, id: string): Promise<Detector | undefined> {
  const row = await detectorsOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toDetector(row);
}

/** By the tenant's own name. */
export async function findDetectorByName(
  tenant: TenantDb,
  name: string,
): Promise<Detector | undefined> {
  const row = await detectorsOf(tenant).where("name", "=", name.normalize("NFC"))
    .executeTakeFirst();
  return row && toDetector(row);
}

/** By name; its key is (name, id). */
export async function listDetectors(
  tenant: TenantDb,
  page: PageRequest,
): Promise<Page<Detector>> {
  const order = { columns: ["name", "id"], direction: "asc" } as const;
  return mapPage(await readPage(detectorsOf(tenant), order, page), toDetector);
}

/** In the order of the ids, `undefined` where the tenant has no such detector. */
export async function loadDetectors(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(Detector | undefined)[]> {
  const rows = await detectorsOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toDetector));
}

/** Whether a detector of this scope watches the device. */
export function isInScope(scope: DetectorScope, device: Pick<Device, "id" | "cohort">): boolean {
  switch (scope.kind) {
    case "TENANT":
      return true;
    case "COHORT":
      return device.cohort === scope.cohort;
    case "DEVICE":
      return scope.deviceIds.includes(device.id);
  }
}

/** Ids of the devices that a detector of this scope watches, ascending. */
export async function devicesInScope(tenant: TenantDb, scope: DetectorScope): Promise<string[]> {
  let query = tenant.db.selectFrom("devices").select("id")
    .where("tenant_id", "=", tenant.tenantId);
  if (scope.kind === "COHORT") query = query.where("cohort", "=", scope.cohort);
  if (scope.kind === "DEVICE") query = query.where("id", "in", listed(scope.deviceIds));
  return (await query.orderBy("id").execute()).map(({ id }) => id);
}

/**
 * A new detector.
 *
 * @throws {InvalidInputError} @throws {QuotaExceededError}
 * @throws {ConflictError} When the name is taken.
 */
export async function createDetector(
  tenant: TenantDb,
  input: NewDetector,
  { now, newId }: ChangeDeps,
): Promise<Change<Detector>> {
  const preset = checkedPreset(input.preset);
  const scope = await checkedScope(tenant, input.scope);
  const detection = await checkedDetection(tenant, {
    ...input,
    algorithm: input.algorithm ?? preset.algorithm,
  });
  const detector: Detector = {
    id: newId(),
    tenant_id: tenant.tenantId,
    name: checkedName("name", input.name),
    scope,
    feature_plan: detection.plan,
    algorithm: detection.algorithm,
    parameters: checkedParameters(detection.algorithm, input.parameters, preset.parameters),
    threshold_mode: checkedMode(input.thresholdMode ?? preset.thresholdMode ?? "AUTO"),
    contamination: checkedContamination(input.contamination ?? preset.contamination),
    pages_per_week: checkedPagesPerWeek(input.pagesPerWeek ?? undefined),
    severity_profile: checkedProfile(
      input.severityProfile ?? preset.severityProfile ?? "smartbox",
    ),
    incident_policy: checkedPolicy(input.incidentPolicy, detection.incidents),
    forwarding: checkedForwarding(input.forwarding ?? "all"),
    drift_policy: checkedDriftPolicy(input.driftPolicy),
    refit_every_ms: checkedRefitEvery(input.refitEveryMs),
    enabled: input.enabled === false ? 0 : 1,
    created_at: now(),
    version: 1,
  };
  await checkFree(tenant, detector);
  await checkQuota(tenant, "detectors");
  const insert = build.insertInto("detectors").values(toStored(detector))
    .onConflict((conflict) => conflict.columns(["tenant_id", "name"]).doNothing());
  const event = eventOf("detector.created", detector, now());
  return { subject: detector, write: { statements: [guarded(insert), event] } };
}

/**
 * The detector with what the patch names changed.
 *
 * @throws {NotFoundError} @throws {InvalidInputError}
 * @throws {ConflictError} When it has another version than expected or the new name is taken.
 */
export async function updateDetector(
  tenant: TenantDb,
  id: string,
  patch: DetectorPatch,
  { now }: Pick<ChangeDeps, "now">,
): Promise<Change<Detector>> {
  const detector = await findDetector(tenant, id);
  if (!detector) throw new NotFoundError("detector", id);
  checkVersion(detector, patch.expectedVersion);
  const next: Detector = {
    ...await patched(tenant, detector, patch),
    version: detector.version + 1,
  };
  await checkFree(tenant, next);
  const { id: _id, tenant_id: _tenant, created_at: _created, ...changed } = toStored(next);
  const update = build.updateTable("detectors").set(changed)
    .where("tenant_id", "=", tenant.tenantId).where("id", "=", id)
    .where("version", "=", detector.version);
  const event = eventOf("detector.updated", next, now());
  return { subject: next, write: { statements: [guarded(update), event] } };
}

async function patched(
  tenant: TenantDb,
  detector: Detector,
  patch: DetectorPatch,
): Promise<Detector> {
  const { enabled, contamination } = patch;
  const { algorithm, plan } = await patchedDetection(tenant, detector, patch);
  // Parameters are those of an algorithm; only the seed means the same to another one.
  const { seed } = detector.parameters;
  const parameters = algorithm === detector.algorithm ? detector.parameters : { seed };
  return {
    ...detector,
    name: checkedName("name", patch.name ?? detector.name),
    scope: patch.scope ? await checkedScope(tenant, patch.scope) : detector.scope,
    feature_plan: plan,
    algorithm,
    parameters: checkedParameters(algorithm, patch.parameters, parameters),
    threshold_mode: checkedMode(patch.thresholdMode ?? detector.threshold_mode),
    contamination: checkedContamination(contamination ?? detector.contamination),
    pages_per_week: checkedPagesPerWeek(patch.pagesPerWeek ?? detector.pages_per_week),
    severity_profile: checkedProfile(patch.severityProfile ?? detector.severity_profile),
    incident_policy: checkedPolicy(patch.incidentPolicy, detector.incident_policy),
    forwarding: checkedForwarding(patch.forwarding ?? detector.forwarding),
    drift_policy: checkedDriftPolicy(patch.driftPolicy, detector.drift_policy),
    refit_every_ms: checkedRefitEvery(patch.refitEveryMs ?? detector.refit_every_ms),
    enabled: typeof enabled === "boolean" ? Number(enabled) : detector.enabled,
  };
}

/** Plan and algorithm stay unless the patch says something of them. */
async function patchedDetection(
  tenant: TenantDb,
  { feature_plan: plan, algorithm }: Detector,
  patch: PlanInput,
): Promise<{ algorithm: string; plan: FeaturePlan }> {
  const { featurePlan, metrics, bucketMs } = patch;
  if (!featurePlan && !metrics && !bucketMs && !patch.algorithm) return { algorithm, plan };
  return await checkedDetection(tenant, {
    algorithm: patch.algorithm ?? algorithm,
    featurePlan,
    metrics: metrics ?? plan.metrics.map(({ name }) => name),
    bucketMs: bucketMs ?? plan.bucketMs,
  });
}

async function checkFree(tenant: TenantDb, { id, name }: Detector): Promise<void> {
  const other = await findDetectorByName(tenant, name);
  if (!other || other.id === id) return;
  throw new ConflictError(`Cannot name detector "${name}" as another has this name`, "name");
}

function checkedMode(mode: string): ThresholdMode {
  return checkedChoice("thresholdMode", mode, THRESHOLD_MODES);
}

function checkedProfile(profile: string): SeverityProfile {
  return checkedChoice("severityProfile", profile, SEVERITY_PROFILES);
}

function checkedForwarding(policy: string): ForwardingPolicy {
  return checkedChoice("forwarding", policy, FORWARDING_POLICIES);
}

function detectorsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("detectors").selectAll().where("tenant_id", "=", tenant.tenantId);
}

/** The row as the noun has it, with its JSON read. */
export function toDetector(row: Stored): Detector {
  return {
    ...row,
    scope: JSON.parse(row.scope),
    feature_plan: JSON.parse(row.feature_plan),
    parameters: JSON.parse(row.parameters),
    threshold_mode: row.threshold_mode as ThresholdMode,
    severity_profile: row.severity_profile as SeverityProfile,
    incident_policy: JSON.parse(row.incident_policy),
    forwarding: row.forwarding as ForwardingPolicy,
    drift_policy: JSON.parse(row.drift_policy),
  };
}

function toStored(detector: Detector): Stored {
  return {
    ...detector,
    scope: JSON.stringify(detector.scope),
    feature_plan: JSON.stringify(detector.feature_plan),
    parameters: JSON.stringify(detector.parameters),
    incident_policy: JSON.stringify(detector.incident_policy),
    drift_policy: JSON.stringify(detector.drift_policy),
  };
}

function eventOf(type: "detector.created" | "detector.updated", detector: Detector, at: number) {
  const { tenant_id: tenantId, id: subjectId } = detector;
  return eventStatement({ tenantId, type, subjectId, payload: detector, at });
}
