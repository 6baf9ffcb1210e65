import { type Model, type ModelSection, TAIL_QUANTILES } from "../../../scoring/detect/mod.ts";
import {
  fitForest,
  type Forest,
  saturationScore,
  scoreForest,
} from "../../../scoring/forest/mod.ts";
import { quantile } from "../../../scoring/numeric/mod.ts";
import { bellRows } from "../forest/rows.ts";

/** A model of two features with the sections `any` and `business`, the same for the same seed. */
export function smallModel(seed = 1, treeCount = 3): Model {
  const sections = [
    fittedSection("any", seed, treeCount),
    fittedSection("business", seed + 1, treeCount),
  ];
  return {
    detectorId: "detector-1",
    entityId: "device-1",
    plan: {
      bucketMs: 300_000,
      metrics: [{ name: "cpu", kind: "gauge" }],
      features: [{ metric: "cpu", transform: "value" }, {
        metric: "cpu",
        transform: "rollingMean",
        window: 12,
      }],
    },
    provenance: {
      algorithm: "isolation_forest",
      parameters: { treeCount, subsampleSize: 16 },
      seed,
      trainedFrom: 1_600_000_000_000,
      trainedUntil: 1_600_030_000_000,
      rows: 100,
      thresholdMode: "AUTO",
      contamination: 0.01,
      pagesPerWeek: 1,
    },
    sections,
  };
}

function fittedSection(period: string, seed: number, treeCount: number): ModelSection {
  const rows = bellRows(100, 2, seed);
  return withForest(period, fitForest(rows, { treeCount, subsampleSize: 16, seed }));
}

/** A section with any forest, calibrated by hand. */
export function withForest(period: string, forest: Forest): ModelSection {
  const columns = Array.from({ length: forest.featureCount }, (_, i) => i);
  const scores = scoreForest(forest, bellRows(100, forest.featureCount, 5)).sort();
  const calibration = {
    rows: 100,
    quantiles: TAIL_QUANTILES.map((q) => quantile(scores, q)),
    meanExcess: 0.01,
    threshold: 0.61,
    release: 0.61,
    saturation: saturationScore(forest),
    medians: columns.map((column) => column / 3),
    deviations: columns.map(() => 0.25),
  };
  return { period, calibration, forest };
}
