import type { Period } from "../../time/mod.ts";
import type { Model, ModelSection } from "../model.ts";
import type { Setting } from "../setting.ts";

/** The part of a setting that verdicts depend on. */
export type JudgeSetting = Pick<Setting, "version" | "severityProfile" | "thresholds">;

/**
 * The section of a period, or `any` where the period has none: it has learnt every period, and holds a
 * score against a threshold of its own.
 *
 * A model of a device's first day finds less by it. What novelties compare with is then a part of that
 * day, against which the rest of the day's own course is new, so that large novelties are learnt as
 * normal. Days of history before the first row that is learnt mend that, not another section.
 */
export function sectionFor(model: Model, period: Period): ModelSection {
  return model.sections.find((section) => section.period === period) ?? model.sections[0];
}

/** Threshold in force for a section: the setting's, else the fitted one. */
export function thresholdFor(section: ModelSection, setting: JudgeSetting): number {
  const { thresholds } = setting;
  return Object.hasOwn(thresholds, section.period)
    ? thresholds[section.period]
    : section.calibration.threshold;
}

/**
 * The score at which an anomaly that lasts is over. Under another threshold than the fitted one it
 * moves as far from 0 as the threshold did.
 */
export function releaseFor(section: ModelSection, setting: JudgeSetting): number {
  const { threshold, release } = section.calibration;
  return release * (thresholdFor(section, setting) / threshold);
}
