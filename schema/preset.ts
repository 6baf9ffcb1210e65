import { type Preset, PRESETS } from "../scoring/detect/mod.ts";
import { builder } from "./core/builder.ts";
import { SeverityProfileEnum, ThresholdModeEnum } from "./core/enums.ts";

const PresetRef = builder.objectRef<Preset & { readonly name: string }>("Preset").implement({
  description: "Settings of a detector that are known by a name.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As a detector's input names it." }),
    algorithm: t.exposeString("algorithm", { description: "Name of the method." }),
    parameters: t.expose("parameters", {
      type: "JSON",
      description: "By name, those that are not the method's defaults; the seed among them.",
    }),
    thresholdMode: t.expose("thresholdMode", {
      type: ThresholdModeEnum,
      description: "Where a fit puts the threshold.",
    }),
    contamination: t.exposeFloat("contamination", {
      description: "Expected share of anomalous rows.",
    }),
    severityProfile: t.expose("severityProfile", {
      type: SeverityProfileEnum,
      description: "Which excess over the threshold has which severity.",
    }),
  }),
});

builder.queryField("presets", (t) =>
  t.field({
    type: [PresetRef],
    description: "The settings that a detector's input may name.",
    resolve: () => Object.entries(PRESETS).map(([name, preset]) => ({ name, ...preset })),
  }));
