import * as z from "zod/mini";
import { NAME_LENGTH_MAX, TIMESTAMP_MIN } from "../limits.ts";

/**
 * The wire as schemas, for the interface's description. Points are read by a parser of their own, which
 * names what is wrong with each and is quicker; a test holds the two together.
 */
const name = z.string().check(z.minLength(1), z.maxLength(NAME_LENGTH_MAX));

export const telemetryPointSchema = z.object({
  device: name,
  metric: name,
  at: z.union([z.iso.datetime({ offset: true }), z.int().check(z.minimum(TIMESTAMP_MIN))]),
  value: z.number(),
});

export const telemetryRequestSchema = z.object({ points: z.array(telemetryPointSchema) });

const refusalSchema = z.object({
  index: z.int(),
  field: z.string(),
  code: z.string(),
  message: z.string(),
});

export const telemetryAnswerSchema = z.object({
  accepted: z.int(),
  late: z.int(),
  duplicates: z.int(),
  refused: z.array(refusalSchema),
});

/** Either vectors or points. */
export const scoreRequestSchema = z.object({
  model: z.string(),
  device: z.optional(z.string()),
  period: z.optional(z.string()),
  explain: z.optional(z.union([z.boolean(), z.enum(["path", "shapley"])])),
  counterfactual: z.optional(z.boolean()),
  vectors: z.optional(z.array(z.array(z.number()))),
  points: z.optional(
    z.array(z.object({ ...telemetryPointSchema.shape, device: z.optional(name) })),
  ),
});

const contributionSchema = z.object({
  feature: z.string(),
  metric: z.string(),
  value: z.number(),
  expected: z.number(),
  pathLength: z.number(),
  share: z.number(),
});

const normalRowSchema = z.object({
  changes: z.array(z.object({
    feature: z.string(),
    metric: z.string(),
    from: z.number(),
    to: z.number(),
  })).check(z.minLength(1), z.maxLength(2)),
  score: z.number(),
});

const verdictSchema = z.object({
  at: z.optional(z.int()),
  score: z.number(),
  threshold: z.number(),
  isAnomaly: z.boolean(),
  severity: z.nullable(z.enum(["LOW", "MEDIUM", "HIGH", "CRITICAL"])),
  tail: z.number(),
  confidence: z.number(),
  period: z.string(),
  modelPeriod: z.string(),
  contributions: z.array(contributionSchema),
  modelId: z.string(),
  settingVersion: z.int(),
  counterfactual: z.optional(z.nullable(normalRowSchema)),
});

export const scoreAnswerSchema = z.object({
  verdicts: z.array(z.nullable(verdictSchema)),
  refused: z.array(refusalSchema),
});

export const modelListSchema = z.object({
  models: z.array(z.object({
    id: z.string(),
    label: z.string(),
    detectorId: z.string(),
    detector: z.string(),
    entityId: z.string(),
    device: z.nullable(z.string()),
    alias: z.nullable(z.string()),
  })),
});

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  field: z.optional(z.string()),
  limit: z.optional(z.number()),
  requestId: z.string(),
});
