import {
  cancelJob,
  enqueueJob,
  findJob,
  type Job,
  type JobKind,
  type JobState,
  listJobs,
  loadJobs,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { DetectorRef } from "./detector.ts";
import { JobStateEnum } from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { rowIdOf } from "./core/global_id.ts";

export const JobRef = builder.loadableNodeRef("Job", {
  id: { resolve: (job: Job) => job.id },
  load: (ids: string[], ctx) => loadJobs(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

JobRef.implement({
  description: "Work that takes longer than an answer may.",
  fields: (t) => ({
    kind: t.string({
      description: "What it does: `fit`, `baseline` or `drift`.",
      resolve: (job): JobKind => job.kind,
    }),
    detector: t.field({
      type: DetectorRef,
      nullable: true,
      description: "What it works for.",
      resolve: (job) => job.params.detectorId,
    }),
    state: t.field({
      type: JobStateEnum,
      description: "Where it is in its life.",
      resolve: (job): JobState => job.state,
    }),
    progress: t.exposeFloat("progress", { description: "Share that is done, 0 to 1." }),
    message: t.exposeString("message", { description: "What it does now, for people." }),
    result: t.expose("result", {
      type: "JSON",
      nullable: true,
      description: "What came of it, by kind.",
    }),
    error: t.exposeString("error", { nullable: true, description: "Why it failed." }),
    attempts: t.exposeInt("attempts", { description: "Times that a worker has begun it." }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was asked for." }),
    startedAt: t.expose("started_at", {
      type: "DateTime",
      nullable: true,
      description: "When a worker first began it.",
    }),
    finishedAt: t.expose("finished_at", {
      type: "DateTime",
      nullable: true,
      description: "When it ended.",
    }),
    version: t.exposeInt("version", { description: "Grows with every change." }),
  }),
});

const JobConnection = builder.connectionObject({
  type: JobRef,
  name: "JobConnection",
  description: "Jobs, newest first.",
});

builder.queryFields((t) => ({
  job: t.field({
    type: JobRef,
    nullable: true,
    description: "A job by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of a Job." }) },
    resolve: (_root, { id }, { tenant }) => findJob(tenant, rowIdOf("Job", id, "id")),
  }),
  jobs: t.field({
    type: JobConnection,
    description: "Jobs, newest first.",
    args: {
      ...pageArgs,
      states: t.arg({ type: [JobStateEnum], description: "Only in one of these states." }),
    },
    complexity: pageCost,
    resolve: (_root, { states, ...page }, ctx) =>
      connect(ctx, page, {
        name: "jobs",
        read: (range) => listJobs(ctx.tenant, { ...range, states }),
        keysetOf: (job) => [job.created_at, job.id],
      }),
  }),
}));

const FitDetectorInput = builder.inputType("FitDetectorInput", {
  description: "What to fit, on which data.",
  fields: (t) => ({
    detectorId: t.id({ required: true, description: "Id of the Detector." }),
    deviceIds: t.idList({ description: "Only for these Devices; all in its scope if not given." }),
    from: t.field({ type: "DateTime", description: "First instant; the oldest if not given." }),
    to: t.field({
      type: "DateTime",
      description: "Instant to end before; the newest if not given.",
    }),
  }),
});

const CancelJobInput = builder.inputType("CancelJobInput", {
  description: "A job to end.",
  fields: (t) => ({ id: t.id({ required: true, description: "Id of the Job." }) }),
});

builder.mutationFields((t) => ({
  fitDetector: t.field({
    type: JobRef,
    description: "Fits a model for each device, as a job; `jobProgressed` tells how far it is.",
    authScopes: { engineer: true },
    errors: outcome("job"),
    args: { input: t.arg({ type: FitDetectorInput, required: true, description: "What." }) },
    resolve: (_root, { input: { detectorId, deviceIds, from, to } }, ctx) => {
      const params = {
        detectorId: rowIdOf("Detector", detectorId, "detectorId"),
        deviceIds: deviceIds?.map((id, index) => rowIdOf("Device", id, `deviceIds[${index}]`)),
        from,
        until: to,
      };
      return ctx.commit(() => enqueueJob(ctx.tenant, "fit", params, ctx));
    },
  }),
  cancelJob: t.field({
    type: JobRef,
    description: "Ends a job that has not ended.",
    authScopes: { engineer: true },
    errors: outcome("job"),
    args: { input: t.arg({ type: CancelJobInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Job", input.id, "id");
      return ctx.commit(() => cancelJob(ctx.tenant, id, ctx));
    },
  }),
}));
