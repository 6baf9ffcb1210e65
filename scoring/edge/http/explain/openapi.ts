const MODEL = "pumps:production";

/** Requests to score, by what they ask for. */
export const SCORE_REQUEST_EXAMPLES = {
  verdicts: {
    summary: "Verdicts alone",
    value: { model: MODEL, device: "pump-7", vectors: [[32, 0.5, 1], [90, 58, 25]] },
  },
  shapley: {
    summary: "Each feature's exact part in every score",
    value: { model: MODEL, device: "pump-7", vectors: [[32, 0.5, 1]], explain: "shapley" },
  },
  counterfactual: {
    summary: "What would make a flagged row normal",
    value: { model: MODEL, device: "pump-7", vectors: [[32, 58, 1]], counterfactual: true },
  },
};

/** The answer to the example of a counterfactual. */
export const SCORE_ANSWER_EXAMPLE = {
  verdicts: [{
    score: 0.64,
    threshold: 0.6,
    isAnomaly: true,
    severity: "LOW",
    tail: 0.0005,
    confidence: 0.9995,
    period: "any",
    modelPeriod: "any",
    contributions: [
      {
        feature: "cpu.delta(1)",
        metric: "cpu",
        value: 58,
        expected: 0,
        pathLength: 3.5,
        share: 0.9,
      },
      { feature: "cpu.value", metric: "cpu", value: 32, expected: 31, pathLength: 0.4, share: 0.1 },
      {
        feature: "cpu.rollingStd(5)",
        metric: "cpu",
        value: 1,
        expected: 1.1,
        pathLength: -0.2,
        share: 0,
      },
    ],
    modelId: "0".repeat(64),
    settingVersion: 1,
    counterfactual: {
      changes: [{ feature: "cpu.delta(1)", metric: "cpu", from: 58, to: 3.25 }],
      score: 0.59,
    },
  }],
  refused: [],
};

/** The head of a request whose body is rows alone. */
export const SCORE_PARAMETERS = [
  parameter("model", { type: "string" }, "A model's id or `detector:alias`"),
  parameter("device", { type: "string" }, "The device, where an alias alone does not tell"),
  parameter("period", { type: "string" }, "The section of the model to judge by; `any` without"),
  parameter(
    "explain",
    { type: "string", enum: ["false", "true", "path", "shapley"] },
    "Contributions of every row: by paths, as `true` is too, or by Shapley values",
  ),
  parameter(
    "counterfactual",
    { type: "boolean" },
    "What would make each flagged row normal; forests alone can tell",
  ),
];

function parameter(name: string, schema: Readonly<Record<string, unknown>>, description: string) {
  return { name, in: "query", description, schema };
}
