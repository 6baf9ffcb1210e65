/** What can be wrong with a made-up device. */
export const INJECTION_KINDS = [
  "spike",
  "drop",
  "level_shift",
  "drift",
  "flatline",
  "variance",
  "pattern_break",
] as const;
export type InjectionKind = typeof INJECTION_KINDS[number];

/** Bounds, both inclusive, from which an injection is drawn. */
export interface InjectionSize {
  /** Length in rows of five minutes. */
  readonly rows: readonly [min: number, max: number];
  /** In the unit that the kind has. */
  readonly size: readonly [min: number, max: number];
}

/**
 * How large injections are. They were set before any detector had seen them and are not tuned: within
 * the daily course of most metrics a shift of five deviations is no unusual value.
 */
export const INJECTION_SIZES: Readonly<Record<InjectionKind, InjectionSize>> = {
  /** Upwards, in standard deviations of the metric's noise. */
  spike: { rows: [2, 4], size: [6, 9] },
  /** Downwards, in the same. */
  drop: { rows: [2, 6], size: [6, 9] },
  /** Up or down, in the same. */
  level_shift: { rows: [12, 72], size: [4, 6] },
  /** From nothing to so many deviations at the end of a day, up or down. */
  drift: { rows: [288, 288], size: [6, 8] },
  /** The last value again and again; it has no size. */
  flatline: { rows: [24, 72], size: [0, 0] },
  /** The deviation of the noise is so many times what it was. */
  variance: { rows: [48, 144], size: [4, 4] },
  /** The course of the day comes so many hours early. */
  pattern_break: { rows: [144, 144], size: [8, 12] },
};
