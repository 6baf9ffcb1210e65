import {
  createDevice,
  type Device,
  findDevice,
  findDeviceByExternalId,
  listDevices,
  loadDevices,
  updateDevice,
} from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { outcome } from "./core/failure.ts";
import { rowIdOf } from "./core/global_id.ts";
import { loadKnown } from "./core/known_rows.ts";
import { jsonObject } from "./core/json_object.ts";

export const DeviceRef = builder.loadableNodeRef("Device", {
  id: { resolve: (device: Device) => device.id },
  load: (ids: string[], ctx) => loadKnown(ctx, ids, loadDevices),
  // A stream's context lives as long as the stream: `loadKnown` says what of it may stay.
  loaderOptions: { cache: false },
});

DeviceRef.implement({
  description: "Something that sends telemetry.",
  fields: (t) => ({
    externalId: t.exposeString("external_id", { description: "The tenant's own name, unique." }),
    name: t.exposeString("name", { description: "For people." }),
    source: t.exposeString("source", { description: "Where it is known from." }),
    cohort: t.exposeString("cohort", {
      nullable: true,
      description: "Group of alike devices that detectors can watch together.",
    }),
    timeZone: t.exposeString("time_zone", {
      nullable: true,
      description: "IANA zone, where it is not the tenant's.",
    }),
    metadata: t.expose("metadata", { type: "JSON", description: "The tenant's own labels." }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was made." }),
    version: t.exposeInt("version", { description: "Grows with every change." }),
  }),
});

export const DeviceConnection = builder.connectionObject({
  type: DeviceRef,
  name: "DeviceConnection",
  description: "Devices by external id.",
});

builder.queryFields((t) => ({
  device: t.field({
    type: DeviceRef,
    nullable: true,
    description: "A device by its id.",
    args: { id: t.arg.id({ required: true, description: "Id of a Device." }) },
    resolve: (_root, { id }, { tenant }) => findDevice(tenant, rowIdOf("Device", id, "id")),
  }),
  deviceByExternalId: t.field({
    type: DeviceRef,
    nullable: true,
    description: "A device by the tenant's own name.",
    args: { externalId: t.arg.string({ required: true, description: "As telemetry names it." }) },
    resolve: (_root, { externalId }, { tenant }) => findDeviceByExternalId(tenant, externalId),
  }),
  devices: t.field({
    type: DeviceConnection,
    description: "All devices.",
    args: {
      ...pageArgs,
      cohort: t.arg.string({ description: "Only those of this cohort." }),
    },
    complexity: pageCost,
    resolve: (_root, { cohort, ...page }, ctx) =>
      connect(ctx, page, {
        name: "devices",
        read: (range) => listDevices(ctx.tenant, { ...range, cohort: cohort ?? undefined }),
        keysetOf: (device) => [device.external_id, device.id],
      }),
  }),
}));

const CreateDeviceInput = builder.inputType("CreateDeviceInput", {
  description: "A new device.",
  fields: (t) => ({
    externalId: t.string({ required: true, description: "The tenant's own name, unique." }),
    name: t.string({ description: "For people; the external id where not given." }),
    source: t.string({ description: "Where it is known from; `api` where not given." }),
    cohort: t.string({ description: "Group of alike devices." }),
    timeZone: t.string({ description: "IANA zone, where it is not the tenant's." }),
    metadata: t.field({ type: "JSON", description: "The tenant's own labels, an object." }),
  }),
});

const UpdateDeviceInput = builder.inputType("UpdateDeviceInput", {
  description: "What to change of a device; a field that is left out stays.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Id of the Device." }),
    name: t.string({ description: "For people." }),
    cohort: t.string({ description: "Group of alike devices; null leaves it." }),
    timeZone: t.string({ description: "IANA zone; null for the tenant's." }),
    metadata: t.field({ type: "JSON", description: "The tenant's own labels, an object." }),
    expectedVersion: t.int({ description: "Refuse when the device has another version by now." }),
  }),
});

builder.mutationFields((t) => ({
  createDevice: t.field({
    type: DeviceRef,
    description: "Makes a device.",
    authScopes: { engineer: true },
    errors: outcome("device"),
    args: { input: t.arg({ type: CreateDeviceInput, required: true, description: "The device." }) },
    resolve: (_root, { input }, ctx) => {
      const metadata = jsonObject("metadata", input.metadata);
      return ctx.commit(() => createDevice(ctx.tenant, { ...input, metadata }, ctx));
    },
  }),
  updateDevice: t.field({
    type: DeviceRef,
    description: "Changes a device.",
    authScopes: { engineer: true },
    errors: outcome("device"),
    args: { input: t.arg({ type: UpdateDeviceInput, required: true, description: "The change." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("Device", input.id, "id");
      const patch = { ...input, metadata: jsonObject("metadata", input.metadata) };
      return ctx.commit(() => updateDevice(ctx.tenant, id, patch, ctx));
    },
  }),
}));
