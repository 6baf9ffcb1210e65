import {
  findMappingRules,
  InvalidInputError,
  type MappingRules,
  setMappingRules,
} from "../domain/mod.ts";
import {
  createMapping,
  type DryRun,
  MappingError,
  parseDryRun,
  type SeriesOutcome,
} from "../scoring/edge/mapping/mod.ts";
import { builder } from "./core/builder.ts";
import { MetricDataTypeEnum } from "./core/enums.ts";
import { outcome } from "./core/failure.ts";

export const UnknownNamesEnum = builder.enumType("UnknownNames", {
  description: "What happens to points under a device or metric that is not known.",
  values: {
    CREATE: { value: "create", description: "It is made, as far as the tenant may have more." },
    REFUSE: { value: "refuse", description: "Each point is refused." },
    QUARANTINE: {
      value: "quarantine",
      description: "Points are counted and kept out; the edge lists the names.",
    },
  } as const,
});

export const MappingRulesRef = builder.objectRef<MappingRules>("MappingRules").implement({
  description: "How names of Prometheus, OpenTelemetry, Telegraf and topics become ours.",
  fields: (t) => ({
    rules: t.expose("rules", {
      type: "JSON",
      description: "Ordered list; the first rule that matches a series decides.",
    }),
    unknownNames: t.field({
      type: UnknownNamesEnum,
      description: "What happens to names that are not known.",
      resolve: ({ unknown }) => unknown,
    }),
    updatedAt: t.expose("updatedAt", {
      type: "DateTime",
      nullable: true,
      description: "When they were set; null for the default.",
    }),
    version: t.exposeInt("version", { description: "Grows with every change, 0 for the default." }),
  }),
});

const SeriesOutcomeKind = builder.enumType("SeriesOutcomeKind", {
  description: "What becomes of a series.",
  values: {
    MAPPED: { value: "mapped", description: "It is kept under device and metric." },
    DROPPED: { value: "dropped", description: "A rule keeps it out." },
    UNNAMED: {
      value: "unnamed",
      description: "Nothing names its device or metric: it is refused.",
    },
  } as const,
});

export const SeriesOutcomeRef = builder.objectRef<SeriesOutcome>("SeriesOutcome").implement({
  description: "What would become of a series.",
  fields: (t) => ({
    outcome: t.field({
      type: SeriesOutcomeKind,
      description: "Whether it is kept.",
      resolve: (series) => series.outcome,
    }),
    rule: t.exposeInt("rule", {
      nullable: true,
      description: "Index of the rule that decided; null where none matched.",
    }),
    device: t.string({
      nullable: true,
      description: "The device's name.",
      resolve: (series) => series.outcome === "mapped" ? series.device : null,
    }),
    metric: t.string({
      nullable: true,
      description: "The metric's name.",
      resolve: (series) => series.outcome === "mapped" ? series.metric : null,
    }),
    unit: t.string({
      nullable: true,
      description: "Empty where nobody states one.",
      resolve: (series) => series.outcome === "mapped" ? series.unit : null,
    }),
    dataType: t.field({
      type: MetricDataTypeEnum,
      nullable: true,
      description: "How its values are read.",
      resolve: (series) => series.outcome === "mapped" ? series.kind : null,
    }),
    message: t.string({
      nullable: true,
      description: "Why it has no name.",
      resolve: (series) => series.outcome === "unnamed" ? series.message : null,
    }),
  }),
});

const MappingDryRunInput = builder.inputType("MappingDryRunInput", {
  description: "Series to try rules on.",
  fields: (t) => ({
    rules: t.field({
      type: "JSON",
      description: "Rules to try; the tenant's own where not given.",
    }),
    series: t.field({
      type: "JSON",
      required: true,
      description: "List of `{source, name, labels, resource, unit, kind}`; name alone is needed.",
    }),
  }),
});

const SetMappingRulesInput = builder.inputType("SetMappingRulesInput", {
  description: "New rules in the place of the tenant's.",
  fields: (t) => ({
    rules: t.field({
      type: "JSON",
      required: true,
      description:
        "List of `{match: {source, name, labels}, drop, device, metric, without, unit, kind}`.",
    }),
    unknownNames: t.field({
      type: UnknownNamesEnum,
      description: "What happens to names that are not known; CREATE where not given.",
    }),
    expectedVersion: t.int({ description: "Refuse when they have another version by now." }),
  }),
});

builder.queryFields((t) => ({
  mappingRules: t.field({
    type: MappingRulesRef,
    description: "The tenant's mapping of senders' names.",
    resolve: (_root, _args, { tenant }) => findMappingRules(tenant),
  }),
  mappingDryRun: t.field({
    type: [SeriesOutcomeRef],
    description: "What would become of series, one outcome for each.",
    args: {
      input: t.arg({ type: MappingDryRunInput, required: true, description: "What to try." }),
    },
    resolve: async (_root, { input }, { tenant }) => {
      const { rules, series } = parsedDryRun(input);
      const mapping = createMapping(rules ?? (await findMappingRules(tenant)).rules);
      return series.map((each) => mapping.map(each));
    },
  }),
}));

builder.mutationField("setMappingRules", (t) =>
  t.field({
    type: MappingRulesRef,
    description: "Sets the tenant's mapping of senders' names; it holds within a second.",
    authScopes: { engineer: true },
    errors: outcome("mappingRules"),
    args: {
      input: t.arg({ type: SetMappingRulesInput, required: true, description: "The rules." }),
    },
    resolve: (_root, { input }, ctx) => {
      const { rules, unknownNames: unknown, expectedVersion } = input;
      return ctx.commit(() =>
        setMappingRules(ctx.tenant, { rules, unknown, expectedVersion }, ctx)
      );
    },
  }));

function parsedDryRun(input: unknown): DryRun {
  try {
    return parseDryRun(input);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new InvalidInputError(error.field, error.message, error.limit);
  }
}
