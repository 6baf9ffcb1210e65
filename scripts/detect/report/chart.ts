import type { Profile } from "../profile.ts";
import { numberTicks, type Tick } from "./axis.ts";
import { escaped } from "./escape.ts";

/** A place of a chart that stands out. */
export interface Mark {
  /** Slice of the profile. */
  readonly slice: number;
  readonly value: number;
  /** Id of the element that tells more of it. */
  readonly target: string;
  readonly label: string;
  readonly severity: string;
}

export interface Chart {
  readonly title: string;
  readonly profile: Profile;
  /** Lines join what comes in order of time; other rows stand by themselves. */
  readonly isLine: boolean;
  readonly xTicks: readonly Tick[];
  /** Slices before this one were trained on. */
  readonly trainedUntil: number;
  readonly threshold?: number;
  readonly marks: readonly Mark[];
  /** First and last slice of what is shaded. */
  readonly bands: readonly (readonly [number, number])[];
  readonly height: number;
}

const WIDTH = 960;
const LEFT = 58;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 26;
/** Height of a chart for each of its ticks. */
const TICK_SPACE = 42;

/** A profile as SVG: its range, its mean, a threshold, and marks that lead to more. */
export function chartSvg(chart: Chart): string {
  const { profile, title, height, trainedUntil, threshold } = chart;
  const scale = scaleOf(chart);
  const { x, y } = scale;
  const right = WIDTH - RIGHT;
  const bottom = height - BOTTOM;
  const parts = [
    ...numberTicks(scale.least, scale.greatest, Math.round(height / TICK_SPACE)).map((
      { at, label },
    ) =>
      `<line class="grid" x1="${LEFT}" x2="${right}" y1="${y(at)}" y2="${y(at)}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${y(at)}" dy=".32em" text-anchor="end">${
        escaped(label)
      }</text>`
    ),
    ...chart.xTicks.map(({ at, label }, index) =>
      `<text class="tick" x="${x(at)}" y="${height - 8}" text-anchor="${
        index === 0 ? "start" : index === chart.xTicks.length - 1 ? "end" : "middle"
      }">${escaped(label)}</text>`
    ),
    trainedUntil > 0 &&
    `<rect class="trained" x="${LEFT}" y="${TOP}" width="${
      round(x(trainedUntil) - LEFT)
    }" height="${bottom - TOP}"/><text class="hint" x="${LEFT + 6}" y="${
      TOP + 14
    }">trained on</text>`,
    ...chart.bands.map(([first, last]) =>
      `<rect class="band" x="${x(first)}" y="${TOP}" width="${
        round(Math.max(2, x(last + 1) - x(first)))
      }" height="${bottom - TOP}"/>`
    ),
    chart.isLine
      ? linePaths(profile, scale)
      : `<path class="bars" d="${barPath(profile, scale)}"/>`,
    threshold !== undefined &&
    `<line class="threshold" x1="${LEFT}" x2="${right}" y1="${y(threshold)}" y2="${
      y(threshold)
    }"/><text class="hint" x="${right}" y="${
      round(y(threshold) - 5)
    }" text-anchor="end">threshold ${escaped(threshold.toFixed(3))}</text>`,
    ...chart.marks.map((mark) => markSvg(mark, scale)),
  ].filter((part) => typeof part === "string");
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${
    parts.join("")
  }</svg>`;
}

interface Scale {
  readonly least: number;
  readonly greatest: number;
  x(slice: number): number;
  y(value: number): number;
}

function scaleOf({ profile, threshold, height, marks }: Chart): Scale {
  const known = [...profile.least, ...profile.greatest, ...marks.map(({ value }) => value)]
    .filter(Number.isFinite);
  if (threshold !== undefined) known.push(threshold);
  let least = known.reduce((a, b) => Math.min(a, b), Infinity);
  let greatest = known.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(least < greatest)) {
    const centre = Number.isFinite(least) ? least : 0;
    const half = Math.abs(centre) / 10 || 1;
    [least, greatest] = [centre - half, centre + half];
  }
  const slices = profile.mean.length;
  const bottom = height - BOTTOM;
  const margin = (greatest - least) * 0.04;
  return {
    least,
    greatest,
    x: (slice) => round(LEFT + (WIDTH - LEFT - RIGHT) * (slice / Math.max(1, slices))),
    y: (value) =>
      round(bottom - (bottom - TOP) * ((value - least + margin) / (greatest - least + 2 * margin))),
  };
}

/** The range of each slice as an area and its mean as a line, both with gaps where nothing is. */
function linePaths({ least, greatest, mean }: Profile, { x, y }: Scale): string {
  const ranges: string[] = [];
  const lines: string[] = [];
  for (let start = 0; start < mean.length; start++) {
    if (Number.isNaN(mean[start])) continue;
    let end = start;
    while (end < mean.length && !Number.isNaN(mean[end])) end++;
    const slices = Array.from({ length: end - start }, (_, i) => start + i);
    const upper = slices.map((slice) => `${x(slice + 0.5)} ${y(greatest[slice])}`);
    const lower = slices.toReversed().map((slice) => `${x(slice + 0.5)} ${y(least[slice])}`);
    ranges.push(`M${[...upper, ...lower].join("L")}Z`);
    const middle = slices.map((slice) => `${x(slice + 0.5)} ${y(mean[slice])}`);
    // A single point would not be drawn without a line to itself.
    lines.push(`M${[...middle, middle[middle.length - 1]].join("L")}`);
    start = end;
  }
  return `<path class="range" d="${ranges.join("")}"/><path class="line" d="${lines.join("")}"/>`;
}

/** A stroke from least to greatest of each slice; a dot where they are one. */
function barPath({ least, greatest, mean }: Profile, { x, y }: Scale): string {
  return Array.from(mean.keys()).filter((slice) => !Number.isNaN(mean[slice]))
    .map((slice) => `M${x(slice + 0.5)} ${y(least[slice])}V${y(greatest[slice])}`).join("");
}

function markSvg({ slice, value, target, label, severity }: Mark, { x, y }: Scale): string {
  return `<a href="#${escaped(target)}" data-target="${escaped(target)}" aria-label="${
    escaped(label)
  }"><circle class="mark ${escaped(severity.toLowerCase())}" cx="${x(slice + 0.5)}" cy="${
    y(value)
  }" r="4.5"/><title>${escaped(label)}</title></a>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
