import {
  listRecordedChanges,
  loadRecordedChanges,
  recordChange,
  type RecordedChange,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { outcome } from "./core/failure.ts";
import { optionalRowId } from "./core/global_id.ts";
import { jsonObject } from "./core/json_object.ts";
import { DeviceRef } from "./device.ts";

const RecordedChangeRef = builder.loadableNodeRef("RecordedChange", {
  id: { resolve: (change: RecordedChange) => change.id },
  load: (ids: string[], ctx) => loadRecordedChanges(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

RecordedChangeRef.implement({
  description: "Something that was done to what is watched: where to look for a cause.",
  fields: (t) => ({
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: "What it was done to; null for all of the tenant's.",
      resolve: (change) => change.device_id,
    }),
    at: t.expose("at", { type: "DateTime", description: "When it was done." }),
    kind: t.exposeString("kind", { description: "The tenant's own word, as `deployment`." }),
    summary: t.exposeString("summary", { description: "For people." }),
    details: t.expose("details", { type: "JSON", description: "The tenant's own, an object." }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was recorded." }),
  }),
});

const RecordedChangeConnection = builder.connectionObject({
  type: RecordedChangeRef,
  name: "RecordedChangeConnection",
  description: "Changes, newest first.",
});

builder.queryField("changes", (t) =>
  t.field({
    type: RecordedChangeConnection,
    description: "What was done to what is watched, newest first.",
    args: {
      ...pageArgs,
      deviceId: t.arg.id({ description: "Only to this Device." }),
      from: t.arg({ type: "DateTime", description: "Done at or after this instant." }),
      to: t.arg({ type: "DateTime", description: "Done before this instant." }),
    },
    complexity: pageCost,
    resolve: (_root, { deviceId: id, from, to: until, ...page }, ctx) => {
      const deviceId = optionalRowId("Device", id, "deviceId");
      return connect(ctx, page, {
        name: "changes",
        read: (range) => listRecordedChanges(ctx.tenant, { ...range, deviceId, from, until }),
        keysetOf: (change) => [change.at, change.id],
      });
    },
  }));

const RecordChangeInput = builder.inputType("RecordChangeInput", {
  description: "Something that was done.",
  fields: (t) => ({
    deviceId: t.id({ description: "The Device that it was done to; all if not given." }),
    at: t.field({ type: "DateTime", description: "When; now if not given." }),
    kind: t.string({ required: true, description: "The tenant's own word, as `deployment`." }),
    summary: t.string({ required: true, description: "For people." }),
    details: t.field({ type: "JSON", description: "The tenant's own, an object." }),
  }),
});

builder.mutationField("recordChange", (t) =>
  t.field({
    type: RecordedChangeRef,
    description: "Records something that was done to what is watched, as a deployment.",
    authScopes: { responder: true },
    errors: outcome("change"),
    args: { input: t.arg({ type: RecordChangeInput, required: true, description: "What." }) },
    resolve: (_root, { input }, ctx) => {
      const deviceId = optionalRowId("Device", input.deviceId, "deviceId");
      const change = { ...input, deviceId, details: jsonObject("details", input.details) };
      return ctx.commit(() => recordChange(ctx.tenant, change, ctx));
    },
  }));
