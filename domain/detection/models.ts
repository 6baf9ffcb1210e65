import type { Selectable } from "kysely";
import type { FeatureShare, Model, ModelProvenance } from "../../scoring/detect/mod.ts";
import { featureNames } from "../../scoring/features/mod.ts";
import type { Period } from "../../scoring/time/mod.ts";
import { build, listed, statement } from "../storage/build.ts";
import { eventStatement } from "../storage/event_log.ts";
import { readChildPages } from "../storage/child_pages.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Statement } from "../storage/write.ts";

type Stored = Omit<Selectable<Tables["models"]>, "bundle">;

/** A fitted, immutable version of a detector for one entity, without its bytes. */
export type ModelRow = Omit<Stored, "summary"> & { readonly summary: ModelSummary };

/** What is shown of a model without decoding its bundle. */
export interface ModelSummary {
  readonly provenance: ModelProvenance;
  readonly bucketMs: number;
  /** Names of the features, in their order. */
  readonly features: readonly string[];
  readonly sections: readonly SectionSummary[];
  /** How much each feature matters, the most important first; of forests alone. */
  readonly importance?: readonly FeatureShare[];
  /** Size of the bundle without its signature. */
  readonly bundleBytes: number;
}

export interface SectionSummary {
  readonly period: Period;
  /** Training rows. */
  readonly rows: number;
  readonly threshold: number;
  readonly saturation: number;
}

/** What a model is used for; each detector × entity has at most one model of each. */
export type ModelAlias = "production" | "shadow" | "canary" | "archived";

export interface ModelFilter {
  readonly detectorId?: string | null;
  readonly entityId?: string | null;
}

const COLUMNS = [
  "id",
  "tenant_id",
  "detector_id",
  "entity_id",
  "label",
  "summary",
  "created_at",
] as const;

const NEWEST_FIRST = { columns: ["created_at", "id"], direction: "desc" } as const;

/** By content hash. */
export async function findModel(tenant: TenantDb, id: string): Promise<ModelRow | undefined> {
  const row = await modelsOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toModelRow(row);
}

/** Newest first; its key is (created_at, id). */
export async function listModels(
  tenant: TenantDb,
  { detectorId, entityId, ...page }: PageRequest & ModelFilter,
): Promise<Page<ModelRow>> {
  let query = modelsOf(tenant);
  if (detectorId) query = query.where("detector_id", "=", detectorId);
  if (entityId) query = query.where("entity_id", "=", entityId);
  return mapPage(await readPage(query, NEWEST_FIRST, page), toModelRow);
}

/** The newest of each detector, in the order of the detectors, as `listModels` of one. */
export async function listModelsOfDetectors(
  tenant: TenantDb,
  detectorIds: readonly string[],
  page: PageRequest,
): Promise<Page<ModelRow>[]> {
  const children = {
    db: tenant.db,
    table: "models",
    parent: "detector_id",
    parentIds: detectorIds,
    columns: COLUMNS,
  } as const;
  const pages = await readChildPages(modelsOf(tenant), children, NEWEST_FIRST, page);
  return pages.map((one) => mapPage(one, toModelRow));
}

/** In the order of the ids, `undefined` where the tenant has no such model. */
export async function loadModels(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(ModelRow | undefined)[]> {
  const rows = await modelsOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toModelRow));
}

/** What each of these models is used for now, in the order of the ids. */
export async function loadModelAliases(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<ModelAlias[][]> {
  const rows = await tenant.db.selectFrom("model_aliases").select(["model_id", "alias"])
    .where("tenant_id", "=", tenant.tenantId).where("model_id", "in", listed(ids))
    .orderBy("alias").execute();
  const used = Map.groupBy(rows, ({ model_id }) => model_id);
  return ids.map((id) => (used.get(id) ?? []).map(({ alias }) => alias as ModelAlias));
}

/** The model that an alias of a detector × entity points at. */
export async function findAliasedModel(
  tenant: TenantDb,
  detectorId: string,
  entityId: string,
  alias: ModelAlias = "production",
): Promise<ModelRow | undefined> {
  const found = await tenant.db.selectFrom("model_aliases").select("model_id")
    .where("tenant_id", "=", tenant.tenantId).where("detector_id", "=", detectorId)
    .where("entity_id", "=", entityId).where("alias", "=", alias).executeTakeFirst();
  return found && await findModel(tenant, found.model_id);
}

/** The signed bytes of a model. */
export async function findBundle(tenant: TenantDb, id: string): Promise<Uint8Array | undefined> {
  const row = await tenant.db.selectFrom("models").select("bundle")
    .where("tenant_id", "=", tenant.tenantId).where("id", "=", id).executeTakeFirst();
  return row && new Uint8Array(row.bundle);
}

/** What is shown of a model whose bundle has so many bytes. */
export function summaryOf(
  model: Model,
  bundleBytes: number,
  importance?: readonly FeatureShare[],
): ModelSummary {
  return {
    provenance: model.provenance,
    bucketMs: model.plan.bucketMs,
    features: featureNames(model.plan),
    sections: model.sections.map(({ period, calibration }) => ({
      period,
      rows: calibration.rows,
      threshold: calibration.threshold,
      saturation: calibration.saturation,
    })),
    importance,
    bundleBytes,
  };
}

/**
 * Stores a fitted model and puts it into production. The same rows and seed make the same model
 * again: then only the alias is set.
 */
export function fittedStatements(row: ModelRow, bundle: Uint8Array, at: number): Statement[] {
  const { tenant_id, detector_id, entity_id, id: model_id } = row;
  const values = { ...row, summary: JSON.stringify(row.summary), bundle };
  const alias = {
    tenant_id,
    detector_id,
    entity_id,
    alias: "production",
    model_id,
    updated_at: at,
  };
  return [
    statement(
      build.insertInto("models").values(values)
        .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing()),
    ),
    statement(
      build.insertInto("model_aliases").values(alias).onConflict((conflict) =>
        conflict.columns(["tenant_id", "detector_id", "entity_id", "alias"])
          .doUpdateSet({ model_id, updated_at: at })
      ),
    ),
    eventStatement({
      tenantId: tenant_id,
      type: "model.fitted",
      subjectId: model_id,
      payload: row,
      at,
    }),
  ];
}

/** A name for people, by when it was fitted (UTC): vYYYYMMDD_HHMMSS. */
export function modelLabel(at: number): string {
  const [date, time] = new Date(at).toISOString().split("T");
  return `v${date.replaceAll("-", "")}_${time.slice(0, 8).replaceAll(":", "")}`;
}

function modelsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("models").select(COLUMNS).where("tenant_id", "=", tenant.tenantId);
}

function toModelRow(row: Stored): ModelRow {
  return { ...row, summary: JSON.parse(row.summary) };
}
