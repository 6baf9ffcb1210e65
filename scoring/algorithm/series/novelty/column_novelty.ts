import { createSortedValues, type SortedValues, toFloat32 } from "../../../numeric/mod.ts";
import { createHabituation } from "./habituation.ts";
import { createPastValues, type PastValues } from "./past_values.ts";
import { createRecentLevels } from "./recent_levels.ts";
import { slidingMean } from "./sliding.ts";
import { type View, viewsOf } from "./views.ts";

/** Bounds of a column's memory, in rows. */
export interface ColumnOptions {
  /** Earlier rows that a row is compared with. */
  readonly historyRows: number;
  /** Rows before one that its surprise must exceed to count. */
  readonly coolDownRows: number;
  readonly dayRows: number;
}

/** Surprises of one column. */
export interface ColumnNovelty {
  /** Takes the next value, NaN where there is none. */
  push(value: number): void;
  /**
   * Of the value pushed last, to the view that it surprises most, from 0 on; NaN without a value and
   * while no view knows enough.
   */
  readonly surprise: number;
  /** The same, but 0 where it does not exceed all of the cool-down before it. */
  readonly news: number;
  /** Values before the newest that are remembered. */
  readonly knownRows: number;
}

/** Known views without which it cannot be told what is novel. */
const KNOWN_MIN = 64;
/** Habits change faster than what has ever been seen is forgotten. */
const HABIT_SHARE = 0.25;
/** Rows whose level a value must leave to count in full. */
const RECENT_ROWS = 100;
/** What a value at that very level counts: a metric that is stuck there is news all the same. */
const RESTING_SHARE = 0.25;

/** Rows before one that its news depend on. */
export function lookbackOf(options: ColumnOptions): number {
  const { historyRows, coolDownRows } = options;
  const viewRows = Math.max(...viewsOf(options.dayRows).map(({ rows }) => rows));
  // Each surprise of the cool-down depends on peaks, each peak on novelties around it, each novelty
  // on the views of its history, each view on its rows.
  return coolDownRows + habitRowsOf(options) + 2 * coolDownRows + historyRows + viewRows;
}

export function createColumnNovelty(options: ColumnOptions): ColumnNovelty {
  const views = viewsOf(options.dayRows);
  const viewRows = Math.max(...views.map(({ rows }) => rows));
  const values = createPastValues(options.historyRows + 2 + viewRows);
  const watches = views.map((view) => createWatch(view, values, options));
  const meanBefore = slidingMean(values, 1, RECENT_ROWS);
  const recent = createRecentLevels(options.coolDownRows);
  let surprise = NaN;
  return {
    get surprise() {
      return surprise;
    },
    get news() {
      return surprise === surprise && !recent.isRecord() ? 0 : surprise;
    },
    get knownRows() {
      return watches[0].knownRows;
    },
    push(value) {
      values.push(value);
      let greatest = NaN;
      for (const watch of watches) {
        const own = watch.push();
        if (own === own && !(own <= greatest)) greatest = own;
      }
      const mean = meanBefore();
      // No surprise stays none, wherever the value has gone.
      const departure = greatest > 0 ? departureOf(values, mean) : 1;
      surprise = value === value ? greatest * departure : NaN;
      recent.push(surprise === surprise ? surprise : 0);
    },
  };
}

/**
 * How far the newest value has left the level of the rows before it, in standard deviations up to
 * one: what creeps on to where nothing has been is seldom what people call an incident.
 */
function departureOf(values: PastValues, mean: number): number {
  const distance = Math.abs(values.at(0) - mean);
  if (distance === 0) return RESTING_SHARE;
  const deviation = values.deviation(1, RECENT_ROWS, mean);
  return distance < deviation ? RESTING_SHARE + (1 - RESTING_SHARE) * (distance / deviation) : 1;
}

function habitRowsOf({ historyRows }: ColumnOptions): number {
  return Math.floor(historyRows * HABIT_SHARE);
}

/** One view with what it has seen. */
function createWatch(view: View, values: PastValues, options: ColumnOptions) {
  const { historyRows, coolDownRows } = options;
  const known = createSortedValues(historyRows);
  const newest = view.follow(values, 0);
  const forgotten = view.follow(values, historyRows + 1);
  const habituation = createHabituation(coolDownRows, habitRowsOf(options));
  let last = NaN;
  return {
    get knownRows() {
      return known.count;
    },
    /** Weighed surprise of the newest value; NaN while too little is known. */
    push(): number {
      // What leaves is seen again in the same rows, which are fewer than all that was seen.
      known.replace(forgotten(), last);
      last = newest();
      const novelty = noveltyOf(known, last);
      const isKnown = novelty === novelty;
      const surprise = habituation.push(isKnown ? novelty : 0);
      return isKnown ? view.weight * surprise : NaN;
    },
  };
}

/**
 * Distance of what is seen to the nearest that has been seen, over the range of all of it, from 0 to
 * 1; NaN while too little is known.
 */
function noveltyOf(known: SortedValues, seen: number): number {
  if (known.count < KNOWN_MIN || seen !== seen) return NaN;
  const own = toFloat32(seen);
  const distance = known.distanceTo(own);
  if (distance === 0) return 0;
  return distance / (Math.max(own, known.max) - Math.min(own, known.min));
}
