import {
  createRunningMedian,
  createScaledRows,
  createSmoothedRows,
  exponentialKernel,
  HELD_ROWS_MAX,
} from "../series/mod.ts";
import { boundedScore, type Watch } from "../watch.ts";
import { excessesOf, explainParts, measureParts } from "./parts.ts";
import { PART_COUNT, type ResidualModel } from "./residual_model.ts";
import { createResidualStream, residualLookback } from "./residual_stream.ts";

/** Deviations below its usual one at which an excess is 0: scores of quiet rows stay in order. */
const QUIET_DEVIATIONS = 4;
/** A peak is over when it has faded: rows after one are as bad as what is left of it. */
const FADE = 0.9;
const FADE_ROWS = 32;
/** Long incidents are low: an average over about a hundred rows counts, too. */
const LONG_SHARE = 0.01;
const LONG_ROWS = 300;
/** Days over which the median excess counts as usual, so that alerts end after a lasting change. */
const REBASE_DAYS = 2;
/** The same where there is no day. */
const REBASE_ROWS = 576;
/** Of fewer rows a median may be an incident's own. */
const REBASE_ROWS_MIN = 64;

/** Rows before one that its score depends on. */
export function residualWatchLookback({ dayRows }: ResidualModel): number {
  const excessRows = Math.max(rebaseRows(dayRows), LONG_ROWS);
  return HELD_ROWS_MAX + residualLookback(dayRows) + excessRows;
}

/** A watch that remembers nothing yet. */
export function createResidualWatch(model: ResidualModel): Watch {
  const columnCount = model.center.length;
  const scaledRows = createScaledRows(model);
  const stream = createResidualStream(model);
  const white = new Float64Array(columnCount);
  const parts = new Float64Array(PART_COUNT).fill(NaN);
  const usual = createRunningMedian(rebaseRows(model.dayRows));
  const smoothedLevel = createLevel();
  let alarm = NaN;
  return {
    get alarm() {
      return alarm;
    },
    push(row) {
      stream.push(scaledRows.push(row));
      if (!stream.isPredicted) return NaN;
      measureParts(model, stream, white, parts);
      const { mean, agreed } = excessesOf(parts, model);
      usual.push(agreed);
      const base = usual.count < REBASE_ROWS_MIN ? model.agreed.middle : usual.median();
      alarm = boundedScore(levelOf(agreed - base), levelOf(model.agreed.alertRise));
      const level = smoothedLevel(levelOf(mean - model.mean.middle));
      return boundedScore(level, levelOf(model.mean.alertRise));
    },
    explain() {
      const contributions = new Float64Array(columnCount);
      if (stream.isPredicted) explainParts(model, stream, parts, contributions);
      return contributions;
    },
    expected() {
      return stream.predicted.map((value, column) =>
        model.center[column] + value * model.scale[column]
      );
    },
  };
}

/** How far an excess is over what is usual, such that quiet rows stay in order, too. */
function levelOf(rise: number): number {
  return Math.max(0, rise + QUIET_DEVIATIONS);
}

function rebaseRows(dayRows: number): number {
  return dayRows > 0 ? Math.max(REBASE_DAYS * dayRows, REBASE_ROWS_MIN) : REBASE_ROWS;
}

/** The greater of a fading peak and a long average. */
function createLevel(): (level: number) => number {
  const average = createSmoothedRows(exponentialKernel(LONG_SHARE, LONG_ROWS), 1);
  const fading = exponentialKernel(1 - FADE, FADE_ROWS);
  const levels = new Float64Array(FADE_ROWS);
  const row = new Float64Array(1);
  let newest = -1;
  return (level) => {
    newest = newest + 1 === FADE_ROWS ? 0 : newest + 1;
    levels[newest] = level;
    row[0] = level;
    average.push(row);
    let greatest = average.mean[0];
    let at = newest;
    for (let age = 0; age < FADE_ROWS; age++) {
      greatest = Math.max(greatest, fading[age] * levels[at]);
      at = at === 0 ? FADE_ROWS - 1 : at - 1;
    }
    return greatest;
  };
}
