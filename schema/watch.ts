import { LEARNING_DAYS, listWatches, type Watch } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { DetectorRef } from "./detector.ts";
import { DeviceRef } from "./device.ts";
import { ModelRef } from "./model.ts";

const WatchStateEnum = builder.enumType("WatchState", {
  description: "By whose model a detector judges a device.",
  values: {
    LEARNING: { description: "By none yet: fit the detector once there is enough history." },
    BORROWED: { description: "By its cohort's or tenant's, which is trusted less." },
    OWN: { description: "By the device's own." },
  } as const,
});

const WatchRef = builder.objectRef<Watch>("Watch").implement({
  description: "A detector that watches a device, and how much it knows of it.",
  fields: (t) => ({
    detector: t.field({
      type: DetectorRef,
      nullable: true,
      description: "What watches.",
      resolve: (watch) => watch.detector.id,
    }),
    state: t.expose("state", { type: WatchStateEnum, description: "By whose model." }),
    model: t.field({
      type: ModelRef,
      nullable: true,
      description: "What judges; null while there is none.",
      resolve: (watch) => watch.modelId,
    }),
    learnedDays: t.exposeInt("learnedDays", {
      description: "Days of history that the device has, of those wanted.",
    }),
    wantedDays: t.int({
      description: "Days of history after which a model is trusted in full.",
      resolve: () => LEARNING_DAYS,
    }),
  }),
});

builder.objectField(DeviceRef, "watches", (t) =>
  t.field({
    type: [WatchRef],
    description: "The enabled detectors that watch the device.",
    complexity: 20,
    resolve: (device, _args, { tenant }) => listWatches(tenant, device),
  }));
