import { createLabel, deleteLabel, type Label, listLabels, loadLabels } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { outcome } from "./core/failure.ts";
import { optionalRowId, rowIdOf } from "./core/global_id.ts";
import { DeviceRef } from "./device.ts";

const LabelRef = builder.loadableNodeRef("Label", {
  id: { resolve: (label: Label) => label.id },
  load: (ids: string[], ctx) => loadLabels(ctx.tenant, ids),
  loaderOptions: { cache: false },
});

LabelRef.implement({
  description: "A time that a person knows to be anomalous, or normal whatever a detector said.",
  fields: (t) => ({
    device: t.field({
      type: DeviceRef,
      nullable: true,
      description: "Whose time.",
      resolve: (label) => label.device_id,
    }),
    from: t.expose("from_at", { type: "DateTime", description: "First instant." }),
    to: t.expose("until_at", { type: "DateTime", description: "Instant before which it ends." }),
    isAnomaly: t.boolean({
      description: "Anomalous or normal; fits learn only what is normal.",
      resolve: (label) => label.is_anomaly === 1,
    }),
    note: t.exposeString("note", { description: "For people." }),
    createdBy: t.exposeString("created_by", { description: "Name of the key that wrote it." }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was written." }),
  }),
});

const LabelConnection = builder.connectionObject({
  type: LabelRef,
  name: "LabelConnection",
  description: "Labels, newest first.",
});

builder.queryField("labels", (t) =>
  t.field({
    type: LabelConnection,
    description: "Times that people have labelled, newest first.",
    args: { ...pageArgs, deviceId: t.arg.id({ description: "Only of this Device." }) },
    complexity: pageCost,
    resolve: (_root, { deviceId: id, ...page }, ctx) => {
      const deviceId = optionalRowId("Device", id, "deviceId");
      return connect(ctx, page, {
        name: "labels",
        read: (range) => listLabels(ctx.tenant, { ...range, deviceId }),
        keysetOf: (label) => [label.from_at, label.id],
      });
    },
  }));

const CreateLabelInput = builder.inputType("CreateLabelInput", {
  description: "A time and what is known of it.",
  fields: (t) => ({
    deviceId: t.id({ required: true, description: "The Device." }),
    from: t.field({ type: "DateTime", required: true, description: "First instant." }),
    to: t.field({ type: "DateTime", required: true, description: "Instant before which it ends." }),
    isAnomaly: t.boolean({ description: "Anomalous, the default, or normal." }),
    note: t.string({ description: "For people." }),
  }),
});

const DeleteLabelInput = builder.inputType("DeleteLabelInput", {
  description: "A label to remove.",
  fields: (t) => ({ id: t.id({ required: true, description: "Id of the Label." }) }),
});

builder.mutationFields((t) => ({
  createLabel: t.field({
    type: LabelRef,
    description: "Says what a time was. Fits do not learn anomalous times; TUNED aims at them.",
    authScopes: { responder: true },
    errors: outcome("label"),
    args: { input: t.arg({ type: CreateLabelInput, required: true, description: "What." }) },
    resolve: (_root, { input: { to: until, ...input } }, ctx) => {
      const label = { ...input, until, deviceId: rowIdOf("Device", input.deviceId, "deviceId") };
      const deps = { now: ctx.now, newId: ctx.newId, by: ctx.principal.name };
      return ctx.commit(() => createLabel(ctx.tenant, label, deps));
    },
  }),
  deleteLabel: t.field({
    type: LabelRef,
    description: "Removes a label.",
    authScopes: { responder: true },
    errors: outcome("label"),
    args: { input: t.arg({ type: DeleteLabelInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Label", input.id, "id");
      return ctx.commit(() => deleteLabel(ctx.tenant, id));
    },
  }),
}));
