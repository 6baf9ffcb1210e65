import { cos, type Random } from "../numeric/mod.ts";
import { between, normal } from "./draw.ts";

const TWO_PI = 6.283185307179586;
const DAY_ROWS = 288;
const HOUR_ROWS = 12;
/** A device is never quite idle. */
const LOAD_MIN = 0.02;
/** Days differ by so much, as a standard deviation. */
const DAY_DEVIATION = 0.05;

/** How busy a device is at a row of its clock, about 0 to 1; row 0 is a Monday's first. */
export type LoadCourse = (row: number) => number;

/**
 * The course of a device's days: one broad peak, less of it at the weekend, and a job in the night.
 *
 * @param dayCount Days that differ from each other; the days behind are as the last.
 */
export function drawLoadCourse(random: Random, dayCount: number): LoadCourse {
  const peakHour = between(random, [12, 17]);
  const weekend = between(random, [0.4, 0.75]);
  const sharpness = between(random, [0.2, 0.5]);
  const jobFrom = HOUR_ROWS * (1 + random.below(4));
  const jobRows = 4 + random.below(6);
  const jobLoad = between(random, [0.1, 0.25]);
  const days = Float64Array.from({ length: dayCount }, () => 1 + DAY_DEVIATION * normal(random));
  return (row) => {
    const day = Math.floor(row / DAY_ROWS);
    const rowOfDay = row - day * DAY_ROWS;
    const wave = 0.5 + 0.5 * cos(TWO_PI * (rowOfDay / HOUR_ROWS - peakHour) / 24);
    const peak = (1 - sharpness) * wave + sharpness * wave * wave;
    const week = day % 7 >= 5 ? weekend : 1;
    const isJob = rowOfDay >= jobFrom && rowOfDay < jobFrom + jobRows;
    const load = peak * week * days[Math.min(day, dayCount - 1)] + (isJob ? jobLoad : 0);
    return Math.max(LOAD_MIN, load);
  };
}
