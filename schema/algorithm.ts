import { type ParameterRule } from "../scoring/algorithm/mod.ts";
import {
  type DetectorAlgorithm,
  detectorAlgorithm,
  detectorAlgorithms,
} from "../scoring/detect/mod.ts";
import { builder } from "./core/builder.ts";

const ParameterRef = builder
  .objectRef<ParameterRule & { readonly name: string }>("AlgorithmParameter").implement({
    description: "What a parameter of an algorithm may be.",
    fields: (t) => ({
      name: t.exposeString("name", { description: "As a detector's parameters name it." }),
      help: t.exposeString("help", { description: "What it does." }),
      default: t.exposeFloat("default", { description: "Where it is not given." }),
      min: t.exposeFloat("min", { description: "The least." }),
      max: t.exposeFloat("max", { description: "The most." }),
      isInteger: t.boolean({
        description: "Whether it must be whole.",
        resolve: ({ integer }) => integer === true,
      }),
    }),
  });

const AlgorithmRef = builder.objectRef<DetectorAlgorithm>("Algorithm").implement({
  description: "A method that a detector may judge by.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As a detector names it." }),
    source: t.exposeString("source", { description: "The paper or book that it is from." }),
    hasMemory: t.exposeBoolean("hasMemory", {
      description: "Whether it judges points in order of time; else each row by itself.",
    }),
    parameters: t.field({
      type: [ParameterRef],
      description: "What may be set.",
      resolve: ({ parameters }) =>
        Object.entries(parameters).map(([name, rule]) => ({ name, ...rule })),
    }),
  }),
});

builder.queryField("algorithms", (t) =>
  t.field({
    type: [AlgorithmRef],
    description: "The methods that a detector may judge by.",
    resolve: () => detectorAlgorithms().map(detectorAlgorithm),
  }));
