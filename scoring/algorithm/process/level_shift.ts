import { seriesAlgorithm, type SeriesWatch } from "../frame/mod.ts";
import { type ColumnLevels, fitColumnLevels } from "./column_levels.ts";
import { createLevelWindow } from "./level_window.ts";
import { usualShift } from "./usual_shift.ts";

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
  accuracy_share: {
    default: 0.005,
    min: 0,
    max: 1,
    help: "Share of its level by which a sensor may be off; 0 where levels have no natural zero",
  },
  threshold: {
    default: 2,
    min: 0.1,
    max: 1000,
    help: "Score above which an alert begins; 1 is what a tenth of the training rows reach",
  },
} as const;

interface Model extends ColumnLevels {
  /** Shift that at most a tenth of the training rows reach, greater than 0. */
  readonly usual: number;
}

/**
 * How far levels have left those of the training rows, by the column that left them farthest.
 *
 * A level is a mean of the last rows, as in an x̄ chart. Its distance from the training median counts
 * in units of what levels do while all is well, and a second time for how steady the column was: where
 * levels wander more than the column's own noise can make them, a short run has seen few independent
 * ones, and a drift that goes on is no news. Without that, a warming bearing hides a closing valve.
 * Nor is it news when a level moves by less than sensors are accurate, which is half a percent for
 * those of class 0.5: hours of a healthy run wander that far, minutes of training do not.
 */
export const levelShift = seriesAlgorithm<typeof PARAMETERS, Model>({
  name: "level_shift",
  source: "Shewhart 1931, charts of means; Alwan and Roberts 1988, charts of autocorrelated ones",
  parameters: PARAMETERS,
  version: 1,
  scale: "relative",
  fit(rows, { parameters }) {
    const levels = fitColumnLevels(rows, {
      windowRows: parameters.window_rows,
      driftRows: parameters.drift_rows,
      driftPenaltyMax: parameters.drift_penalty_max,
      accuracyShare: parameters.accuracy_share,
    });
    return { ...levels, usual: usualShift(rows, levels, parameters) };
  },
  lookbackRows: (_model, { window_rows }) => window_rows - 1,
  alerts: ({ threshold }) => ({ threshold, release: threshold * LEVEL_SHIFT_RELEASE_SHARE }),
  watch: (model, _columnCount, { window_rows }) => watchLevels(model, window_rows),
  write({ centres, scales, usual }, writer) {
    writer.numbers(centres);
    writer.numbers(scales);
    writer.number(usual);
  },
  read(reader, columnCount) {
    return {
      centres: reader.numbers("centres", columnCount, { mayBeNaN: true }),
      scales: reader.numbers("scales", columnCount, { min: 0 }),
      usual: reader.number("usual", { min: Number.MIN_VALUE }),
    };
  },
});

function watchLevels({ centres, scales, usual }: Model, windowRows: number): SeriesWatch<Model> {
  const window = createLevelWindow(windowRows, centres.length);
  const shifts = new Float64Array(centres.length);
  return {
    push(row) {
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
    explain: (parts) => parts.set(shifts),
    expected: () => centres.slice(),
  };
}
