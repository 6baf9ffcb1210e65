import { applyContract } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { outcome } from "./core/failure.ts";
import { MetricRef } from "./metric.ts";

const ApplyContractInput = builder.inputType("ApplyContractInput", {
  description: "A data contract to hold at ingestion.",
  fields: (t) => ({
    contract: t.field({
      type: "JSON",
      required: true,
      description: "As `deno task validate` takes it; `range` of its columns of numbers counts.",
    }),
  }),
});

builder.mutationField("applyContract", (t) =>
  t.field({
    type: [MetricRef],
    description:
      "Gives metrics the ranges of a contract as bounds, and makes those that are missing.",
    authScopes: { engineer: true },
    errors: outcome("metrics"),
    args: {
      input: t.arg({ type: ApplyContractInput, required: true, description: "The contract." }),
    },
    resolve: async (_root, { input }, ctx) => [
      ...await ctx.commit(() => applyContract(ctx.tenant, input.contract, ctx)),
    ],
  }));
