import type { Scorer } from "../../algorithm/mod.ts";
import { lookbackBuckets } from "../../features/mod.ts";
import type { FeatureVector } from "../../features/mod.ts";
import { scoreRow } from "../../forest/mod.ts";
import { type Period, periodAt } from "../../time/mod.ts";
import { anomalyScoreOf } from "../calibration.ts";
import type { ForestSection, MethodSection, Model } from "../model.ts";
import { isForestSection } from "../model.ts";
import { releaseFor, sectionFor, thresholdFor } from "./sections.ts";
import type { Setting } from "../setting.ts";
import { type Found, type Judged, methodContributions, pathContributions, tell } from "./tell.ts";
import type { Verdict } from "./verdict.ts";

/** What a judge thinks of a bucket. */
export interface Judgement {
  readonly isAnomaly: boolean;
  /** anomalyScore that is held against the threshold. */
  readonly score: number;
  /** In force for this bucket. */
  readonly threshold: number;
  readonly period: Period;
  /** anomalyScore by which rows are ranked: a method may smooth it more than what is flagged by. */
  readonly rank: number;
  /**
   * In full, with contributions where it is anomalous or they are asked for; to be called before the
   * next bucket comes.
   */
  tell(isExplained?: boolean): Verdict;
}

/** Judges the buckets of one device one after the other. */
export interface Judge {
  /** `undefined` for a bucket that cannot be judged: it is silent, or too little is known. */
  judge(vector: FeatureVector): Judgement | undefined;
  /** Takes a bucket that is not to be judged; what comes after it may depend on it. */
  skip(vector: FeatureVector): void;
}

/** A judge that has seen no bucket yet. */
export function openJudge(model: Model, modelId: string, setting: Setting): Judge {
  const [first] = model.sections;
  return isForestSection(first)
    ? openForestJudge(model, modelId, setting)
    : openMethodJudge(model, modelId, setting, first);
}

/** The verdict on one bucket by a judge that has seen no other; `undefined` as `Judge.judge`. */
export function judge(
  model: Model,
  modelId: string,
  setting: Setting,
  vector: FeatureVector,
): Verdict | undefined {
  return openJudge(model, modelId, setting).judge(vector)?.tell();
}

/** Forests judge each bucket by itself, by the section of its period. */
function openForestJudge(model: Model, modelId: string, setting: Setting): Judge {
  return {
    judge(vector) {
      if (!vector.complete) return undefined;
      const { values } = vector;
      const period = periodAt(setting.calendar, setting.zone, vector.bucketAt);
      const section = sectionFor(model, period) as ForestSection;
      const score = scoreRow(section.forest, values);
      const threshold = thresholdFor(section, setting);
      const judged = { model, modelId, setting, section, period };
      return judgement(judged, score, {
        score,
        ownScore: score,
        threshold,
        contributions: () => pathContributions(model.plan, section, values),
      });
    },
    skip: () => {},
  };
}

/** Another method sees every bucket, silent ones as missing values, and may remember them. */
function openMethodJudge(
  model: Model,
  modelId: string,
  setting: Setting,
  section: MethodSection,
): Judge {
  const { method, calibration } = section;
  const alert = openAlert(thresholdFor(section, setting), releaseFor(section, setting));
  const gapBuckets = lookbackBuckets(model.plan);
  const levelOf = (score: number) => anomalyScoreOf(calibration, score, method.scale);
  let scorer = method.open();
  let silentBuckets = 0;

  function take({ values, silent }: FeatureVector): number {
    silentBuckets = silent ? silentBuckets + 1 : 0;
    const score = scorer.push(values);
    if (silentBuckets < gapBuckets) return score;
    // All that it remembers is silence; the rest of the gap will not come.
    scorer = method.open();
    silentBuckets = 0;
    return NaN;
  }

  return {
    judge(vector) {
      const ranked = take(vector);
      const ownScore = alarmOf(scorer, ranked);
      if (vector.silent || ownScore !== ownScore) return undefined;
      const score = levelOf(ownScore);
      const threshold = alert.thresholdOn(score);
      const period = periodAt(setting.calendar, setting.zone, vector.bucketAt);
      const judged = { model, modelId, setting, section, period };
      return judgement(judged, ownScore === ranked ? score : levelOf(ranked), {
        score,
        ownScore,
        threshold,
        contributions: () =>
          methodContributions(
            model.plan,
            calibration,
            vector.values,
            scorer.explain(),
            scorer.expected?.(),
          ),
      });
    },
    skip(vector) {
      const ownScore = alarmOf(scorer, take(vector));
      if (!vector.silent && ownScore === ownScore) alert.thresholdOn(levelOf(ownScore));
    },
  };
}

function alarmOf(scorer: Scorer, score: number): number {
  return score === score ? scorer.alarm ?? score : NaN;
}

function judgement(judged: Judged, rank: number, found: Found): Judgement {
  return {
    isAnomaly: found.score > found.threshold,
    score: found.score,
    threshold: found.threshold,
    period: judged.period,
    rank,
    tell: (isExplained = false) => tell(judged, found, isExplained),
  };
}

/** An alert that begins above the threshold and ends at or below the release. */
function openAlert(threshold: number, release: number) {
  let isOn = false;
  return {
    /** What the next score is held against. */
    thresholdOn(score: number): number {
      const inForce = isOn ? release : threshold;
      isOn = score > inForce;
      return inForce;
    },
  };
}
