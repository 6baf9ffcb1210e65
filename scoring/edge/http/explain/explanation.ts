import type { Contribution } from "../../../detect/mod.ts";

/** Features that an explanation names. */
const CAUSES_TOLD_MAX = 3;

/** Bands of a severity from 0 to 1, from the worst, and what to do about it. */
const BANDS = [
  { from: 0.8, band: "HIGH", action: "act now" },
  { from: 0.4, band: "MEDIUM", action: "investigate" },
  { from: 0, band: "LOW", action: "monitor" },
] as const;

/** LOW, MEDIUM or HIGH, and what to do about it. */
export type SeverityBand = typeof BANDS[number];

/** The band of a severity from 0 to 1. */
export function bandOf(severity: number): SeverityBand {
  return BANDS.find(({ from }) => severity >= from) ?? BANDS[BANDS.length - 1];
}

/** A verdict as far as an explanation needs it. */
export interface Explainable {
  readonly isAnomaly: boolean;
  readonly score: number;
  readonly threshold: number;
  /** 0 to 1. */
  readonly severity: number;
  /** Largest first. */
  readonly contributions: readonly Contribution[];
}

/** Why a verdict is as it is, in words. */
export function explanationOf(verdict: Explainable): string {
  const { isAnomaly, score, threshold, severity, contributions } = verdict;
  const [scoreText, thresholdText] = [rounded(score), rounded(threshold)];
  if (!isAnomaly) return `Normal: score ${scoreText} does not pass the threshold ${thresholdText}.`;
  const { band, action } = bandOf(severity);
  const head = `Anomalous: score ${scoreText} passes the threshold ${thresholdText}; ` +
    `severity ${rounded(severity)} is ${band}: ${action}.`;
  const causes = contributions.filter(({ share }) => share > 0).slice(0, CAUSES_TOLD_MAX)
    .map(({ feature, value, expected, share }) =>
      `${feature} is ${rounded(value)}, expected ${rounded(expected)} (${
        Math.floor(share * 100 + 0.5)
      } %)`
    );
  return causes.length === 0 ? head : `${head} ${causes.join("; ")}.`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
