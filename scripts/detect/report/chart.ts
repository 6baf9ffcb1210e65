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
  const { profile, title, height, isLine, threshold } = chart;
  const scale = scaleOf(chart);
  const parts = [
    ...numberTicks(scale.least, scale.greatest, Math.round(height / TICK_SPACE))
      .map((tick) => gridLine(tick, scale)),
    ...chart.xTicks.map((tick, index) => timeTick(chart, tick, index, scale)),
    ...trainedArea(chart, scale),
    ...chart.bands.map(([first, last]) => area("band", first, last + 1, scale)),
    ...(isLine
      ? linePaths(profile, scale)
      : [element("path", { class: "bars", d: barPath(profile, scale) })]),
    ...(threshold === undefined ? [] : [thresholdLine(threshold, scale)]),
    ...chart.marks.map((mark) => markSvg(mark, scale)),
  ];
  const frame = { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title };
  return element("svg", frame, parts.join(""));
}

function gridLine({ at, label }: Tick, { y }: Scale): string {
  const line = { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at) };
  const text = { class: "tick", x: LEFT - 8, y: y(at), dy: ".32em", "text-anchor": "end" };
  return element("line", line) + element("text", text, escaped(label));
}

function timeTick(
  { xTicks, height }: Chart,
  { at, label }: Tick,
  index: number,
  { x }: Scale,
): string {
  const anchor = index === 0 ? "start" : index === xTicks.length - 1 ? "end" : "middle";
  const text = { class: "tick", x: x(at), y: height - 8, "text-anchor": anchor };
  return element("text", text, escaped(label));
}

function trainedArea({ trainedUntil, threshold }: Chart, scale: Scale): string[] {
  if (trainedUntil === 0) return [];
  const hint = element("text", { class: "hint", x: LEFT + 6, y: TOP + 14 }, "trained on");
  // Once is enough: the chart of scores comes first.
  return [area("trained", 0, trainedUntil, scale), ...(threshold === undefined ? [] : [hint])];
}

/** A shade over slices that is seen however few they are. */
function area(kind: string, from: number, to: number, { x, bottom }: Scale): string {
  const width = round(Math.max(2, x(to) - x(from)));
  return element("rect", { class: kind, x: x(from), y: TOP, width, height: bottom - TOP });
}

function thresholdLine(threshold: number, { y }: Scale): string {
  const at = y(threshold);
  const line = { class: "threshold", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at };
  const text = { class: "hint", x: WIDTH - RIGHT, y: round(at - 5), "text-anchor": "end" };
  return element("line", line) + element("text", text, `threshold ${threshold.toFixed(3)}`);
}

interface Scale {
  readonly least: number;
  readonly greatest: number;
  /** Lower end of the plot. */
  readonly bottom: number;
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
    bottom,
    x: (slice) => round(LEFT + (WIDTH - LEFT - RIGHT) * (slice / Math.max(1, slices))),
    y: (value) =>
      round(bottom - (bottom - TOP) * ((value - least + margin) / (greatest - least + 2 * margin))),
  };
}

/** The range of each slice as an area and its mean as a line, both with gaps where nothing is. */
function linePaths({ least, greatest, mean }: Profile, { x, y }: Scale): string[] {
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
  return [
    element("path", { class: "range", d: ranges.join("") }),
    element("path", { class: "line", d: lines.join("") }),
  ];
}

/** A stroke from least to greatest of each slice; a dot where they are one. */
function barPath({ least, greatest, mean }: Profile, { x, y }: Scale): string {
  return Array.from(mean.keys()).filter((slice) => !Number.isNaN(mean[slice]))
    .map((slice) => `M${x(slice + 0.5)} ${y(least[slice])}V${y(greatest[slice])}`).join("");
}

function markSvg({ slice, value, target, label, severity }: Mark, { x, y }: Scale): string {
  const place = { cx: x(slice + 0.5), cy: y(value), r: 4.5 };
  const circle = element("circle", { class: `mark ${severity.toLowerCase()}`, ...place });
  const link = { href: `#${target}`, "data-target": target, "aria-label": label };
  return element("a", link, circle + element("title", {}, escaped(label)));
}

/** @param content SVG, not text. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content = "",
): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${told.join("")}>${content}</${name}>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
