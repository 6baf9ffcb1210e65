import type { Matrix } from "../../forest/mod.ts";
import type { Algorithm, Fitted, Scorer } from "../algorithm.ts";
import { createByteWriter, openBytes } from "../bytes/mod.ts";
import { type Parameters, readParameters } from "../parameters.ts";
import { checkRows, checkWidth } from "./check_rows.ts";
import { type ColumnLevels, fitColumnLevels } from "./column_levels.ts";
import { createLevelWindow } from "./level_window.ts";
import { usualShift } from "./usual_shift.ts";

const NAME = "level_shift";
const VERSION = 1;
/** An alert ends at this share of the threshold, so that a shift that wavers stays one alert. */
export const LEVEL_SHIFT_RELEASE_SHARE = 0.5;

const PARAMETERS = {
  window_rows: {
    default: 10,
    min: 2,
    max: 1000,
    integer: true,
    help: "Rows whose mean is a level",
  },
  drift_rows: {
    default: 60,
    min: 1,
    max: 100_000,
    integer: true,
    help: "Rows between two levels that tell how far a column drifts",
  },
  drift_penalty_max: {
    default: 8,
    min: 1,
    max: 1000,
    help: "The greatest factor by which a drifting column counts for less",
  },
  threshold: {
    default: 2,
    min: 0.1,
    max: 1000,
    help: "Score above which an alert begins; 1 is what a tenth of the training rows reach",
  },
} as const;

/**
 * How far levels have left those of the training rows, by the column that left them farthest.
 *
 * A level is a mean of the last rows, as in an x̄ chart. Its distance from the training median counts
 * in units of what levels do while all is well, and a second time for how steady the column was: where
 * levels wander more than the column's own noise can make them, a short run has seen few independent
 * ones, and a drift that goes on is no news. Without that, a warming bearing hides a closing valve.
 */
export const levelShift: Algorithm = {
  name: NAME,
  input: "series",
  source: "Shewhart 1931, charts of means; Alwan and Roberts 1988, charts of autocorrelated ones",
  parameters: PARAMETERS,
  fit(rows, options) {
    checkRows(rows);
    const parameters = readParameters(PARAMETERS, options.parameters);
    const levels = fitColumnLevels(rows, {
      windowRows: parameters.window_rows,
      driftRows: parameters.drift_rows,
      driftPenaltyMax: parameters.drift_penalty_max,
    });
    return fittedOf({ parameters, ...levels, usual: usualShift(rows, levels, parameters) });
  },
  restore(bytes) {
    const reader = openBytes(bytes, { algorithm: NAME, version: VERSION, rules: PARAMETERS });
    const centres = reader.numbers("centres", undefined, { mayBeNaN: true });
    if (centres.length === 0) reader.refuse("centres", "have an entry", 0);
    const scales = reader.numbers("scales", centres.length, { min: 0 });
    const usual = reader.number("usual", { min: Number.MIN_VALUE });
    reader.end();
    return fittedOf({ parameters: reader.parameters, centres, scales, usual });
  },
};

interface Model extends ColumnLevels {
  readonly parameters: Parameters<typeof PARAMETERS>;
  /** Shift that a tenth of the training rows reach, greater than 0. */
  readonly usual: number;
}

function fittedOf(model: Model): Fitted {
  const { parameters, centres } = model;
  const columnCount = centres.length;
  const open = () => openScorer(model);
  return {
    columnCount,
    lookbackRows: parameters.window_rows - 1,
    scale: "relative",
    alerts: {
      threshold: parameters.threshold,
      release: parameters.threshold * LEVEL_SHIFT_RELEASE_SHARE,
    },
    open,
    scoreBatch: (rows) => scoreBatch(open(), columnCount, rows),
    serialize() {
      const writer = createByteWriter({ algorithm: NAME, version: VERSION, parameters });
      writer.numbers(centres);
      writer.numbers(model.scales);
      writer.number(model.usual);
      return writer.finish();
    },
  };
}

function openScorer({ parameters, centres, scales, usual }: Model): Scorer {
  const window = createLevelWindow(parameters.window_rows, centres.length);
  const shifts = new Float64Array(centres.length);
  return {
    push(row) {
      checkWidth(row.length, centres.length);
      window.push(row);
      let greatest = 0;
      for (let column = 0; column < shifts.length; column++) {
        const level = window.levels[column];
        const isKnown = level === level && scales[column] > 0;
        shifts[column] = isKnown ? Math.abs(level - centres[column]) / scales[column] / usual : 0;
        greatest = Math.max(greatest, shifts[column]);
      }
      // Younger than one window, a level is too noisy for the scale of full ones.
      return window.isFull ? greatest : NaN;
    },
    explain: () => shifts.slice(),
    expected: () => centres.slice(),
  };
}

function scoreBatch(scorer: Scorer, columnCount: number, rows: Matrix): Float64Array {
  checkWidth(rows.columnCount, columnCount);
  checkRows(rows, 0);
  return Float64Array.from(
    { length: rows.rowCount },
    (_, row) => scorer.push(rows.data.subarray(row * columnCount, (row + 1) * columnCount)),
  );
}
