import type { SeverityProfile } from "../judge/verdict.ts";
import type { ThresholdMode } from "../model.ts";

/** Settings that are known by a name. */
export interface Preset {
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly thresholdMode: ThresholdMode;
  readonly contamination: number;
  readonly severityProfile: SeverityProfile;
}

function forest(treeCount: number, contamination: number, more: Partial<Preset> = {}): Preset {
  return {
    algorithm: "isolation_forest",
    parameters: { treeCount },
    thresholdMode: "CONTAMINATION",
    contamination,
    severityProfile: "smartbox",
    ...more,
  };
}

/**
 * Forests as well-known products set them, and three methods that are often asked together; what a
 * detector has by default is another algorithm.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  soti: forest(300, 0.03),
  phase3: forest(100, 0.1, { parameters: { treeCount: 100, seed: 42 }, severityProfile: "phase3" }),
  balanced: forest(200, 0.05),
  fast: forest(50, 0.01, { thresholdMode: "AUTO" }),
  trio: forest(100, 0.1, { algorithm: "trio", parameters: {} }),
};
