import {
  type DriftReport,
  enqueueJob,
  type FeatureDrift,
  listDriftReports,
  loadDriftReports,
} from "../domain/mod.ts";
import { type ColumnDrift, DRIFT_LEVEL, MAJOR_DRIFT_SEVERITY } from "../scoring/drift/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { DriftStateEnum } from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { optionalRowId, rowIdOf } from "./core/global_id.ts";
import { DetectorRef } from "./detector.ts";
import { DeviceRef } from "./device.ts";
import { JobRef } from "./job.ts";

const ColumnDriftRef = builder.interfaceRef<ColumnDrift>("ColumnDrift").implement({
  description: "Values of a window held against those of the same hours in training.",
  fields: (t) => ({
    rows: t.exposeInt("rows", { description: "Values of the window." }),
    statistic: t.exposeFloat("distance", {
      description: "Kolmogorov-Smirnov distance, 0 to 1: how much it differs.",
    }),
    pValue: t.exposeFloat("pValue", {
      description: "Probability of such a distance without drift.",
    }),
    isSignificant: t.boolean({
      description: "Whether the p-value is below 0.05: one of twenty is, without drift.",
      resolve: ({ pValue }) => pValue < DRIFT_LEVEL,
    }),
    adjustedPValue: t.exposeFloat("adjustedPValue", {
      description: "The p-value by how many were tested (Benjamini-Hochberg).",
    }),
    drifted: t.exposeBoolean("isDrifted", {
      description: "Whether adjusted p-value and distance both say so.",
    }),
    streak: t.exposeInt("streak", {
      description: "Windows in a row that have drifted; the third asks for action.",
    }),
  }),
});

const FeatureDriftRef = builder.objectRef<FeatureDrift>("FeatureDrift").implement({
  description: "A feature of a window held against training.",
  interfaces: [ColumnDriftRef],
  fields: (t) => ({
    feature: t.exposeString("feature", { description: "Name of the feature." }),
    metric: t.exposeString("metric", { description: "Empty for features of the calendar." }),
  }),
});

const ScoreDriftRef = builder.objectRef<ColumnDrift>("ScoreDrift").implement({
  description: "The scores of a window held against training.",
  interfaces: [ColumnDriftRef],
});

export const DriftReportRef = builder.loadableNodeRef("DriftReport", {
  id: { resolve: (report: DriftReport) => report.id },
  load: (ids: string[], ctx) => loadDriftReports(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

DriftReportRef.implement({
  description: "Whether a device still is as its model was fitted, in one window of time.",
  fields: (t) => ({
    detector: t.field({
      type: DetectorRef,
      nullable: true,
      description: "Whose model.",
      resolve: (report) => report.detector_id,
    }),
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: "Whose points.",
      resolve: (report) => report.device_id,
    }),
    from: t.expose("from_at", { type: "DateTime", description: "First instant." }),
    to: t.expose("until_at", { type: "DateTime", description: "Instant before which it ends." }),
    severity: t.exposeInt("severity", { description: "1 to 10, by what has drifted farthest." }),
    isMajor: t.boolean({
      description: `Whether the severity is ${MAJOR_DRIFT_SEVERITY} or more.`,
      resolve: ({ severity }) => severity >= MAJOR_DRIFT_SEVERITY,
    }),
    isAction: t.boolean({
      description: "Whether something is to be done now; at most once in 24 hours.",
      resolve: (report) => report.is_action === 1,
    }),
    features: t.field({
      type: [FeatureDriftRef],
      description: "The data monitor: each feature of which enough is known.",
      resolve: (report) => [...report.features],
    }),
    score: t.expose("score", {
      type: ScoreDriftRef,
      nullable: true,
      description: "The score monitor; null where too few scores are known.",
    }),
    f1: t.exposeFloat("f1", {
      nullable: true,
      description:
        "The concept monitor: F1 of incidents against at least ten labels since training.",
    }),
    state: t.expose("state", { type: DriftStateEnum, description: "All monitors together." }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was made." }),
  }),
});

const DriftReportConnection = builder.connectionObject({
  type: DriftReportRef,
  name: "DriftReportConnection",
  description: "Drift reports, newest first.",
});

builder.queryField("driftReports", (t) =>
  t.field({
    type: DriftReportConnection,
    description: "What the drift monitors have said, newest first.",
    args: {
      ...pageArgs,
      detectorId: t.arg.id({ description: "Only of this Detector." }),
      deviceId: t.arg.id({ description: "Only of this Device." }),
      onlyActions: t.arg.boolean({ description: "Only where something was to be done." }),
    },
    complexity: pageCost,
    resolve: (_root, { detectorId, deviceId, onlyActions, ...page }, ctx) => {
      const filter = {
        detectorId: optionalRowId("Detector", detectorId, "detectorId"),
        deviceId: optionalRowId("Device", deviceId, "deviceId"),
        onlyActions,
      };
      return connect(ctx, page, {
        name: "driftReports",
        read: (range) => listDriftReports(ctx.tenant, { ...range, ...filter }),
        keysetOf: (report) => [report.from_at, report.id],
      });
    },
  }));

const CheckDriftInput = builder.inputType("CheckDriftInput", {
  description: "What to check.",
  fields: (t) => ({
    detectorId: t.id({ required: true, description: "Id of the Detector." }),
    deviceIds: t.idList({ description: "Only these Devices; all in its scope if not given." }),
  }),
});

builder.mutationField("checkDrift", (t) =>
  t.field({
    type: JobRef,
    description: "Checks for drift now, as a job; the clock does so every six hours.",
    authScopes: { engineer: true },
    errors: outcome("job"),
    args: { input: t.arg({ type: CheckDriftInput, required: true, description: "What." }) },
    resolve: (_root, { input: { detectorId, deviceIds } }, ctx) => {
      const params = {
        detectorId: rowIdOf("Detector", detectorId, "detectorId"),
        deviceIds: deviceIds?.map((id, index) => rowIdOf("Device", id, `deviceIds[${index}]`)),
      };
      return ctx.commit(() => enqueueJob(ctx.tenant, "drift", params, ctx));
    },
  }));
