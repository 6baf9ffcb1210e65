import { NAME_LENGTH_MAX } from "../limits.ts";
import type { MetricKind, SourceSeries } from "./source_series.ts";

/** Labels that name a device, the best first. */
export const DEVICE_LABELS = [
  "device",
  "instance",
  "host",
  "host.name",
  "service.instance.id",
  "service.name",
  "service",
  "job",
] as const;

/** Attributes of a sender that stay in a metric's name: two services of one host are two series. */
const RESOURCE_LABELS_KEPT = ["service.name", "service"] as const;

/** Of what a name ends with when it was cut: 64 bits as hex digits, with a mark before them. */
const DIGEST_LENGTH = 17;

/** The first of the labels that name a device, and what it says. */
export function defaultDevice(
  { labels, resource }: SourceSeries,
): { readonly label: string; readonly name: string } | undefined {
  for (const label of DEVICE_LABELS) {
    const name = labels.get(label) || resource?.get(label);
    if (name) return { label, name };
  }
  return undefined;
}

/**
 * Name and labels as Prometheus writes them, labels sorted: `cpu_seconds_total{cpu="0",mode="idle"}`.
 * One that is too long keeps its beginning and ends in a digest of all of it.
 */
export function defaultMetric(series: SourceSeries, without: ReadonlySet<string>): string {
  const told = [...series.labels];
  for (const label of RESOURCE_LABELS_KEPT) {
    const value = series.resource?.get(label);
    if (value !== undefined && !series.labels.has(label)) told.push([label, value]);
  }
  const kept = told.filter(([label, value]) => value !== "" && !without.has(label)).sort(byLabel);
  if (kept.length === 0) return bounded(series.name);
  return bounded(`${series.name}{${kept.map(pairText).join(",")}}`);
}

function byLabel([left]: [string, string], [right]: [string, string]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function pairText([label, value]: [string, string]): string {
  return `${label}=${JSON.stringify(value)}`;
}

function bounded(name: string): string {
  const composed = name.normalize("NFC");
  if (composed.length <= NAME_LENGTH_MAX) return composed;
  const beginning = composed.slice(0, NAME_LENGTH_MAX - DIGEST_LENGTH).toWellFormed();
  return `${beginning}#${digest(composed, 0)}${digest(composed, 0x9e3779b9)}`;
}

/** FNV-1a over UTF-16 units with a final mix, 8 hex digits: names must differ, nobody is fended off. */
function digest(text: string, seed: number): string {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, "0");
}

/** Endings by which Prometheus' conventions mark what only grows. */
const COUNTER_ENDINGS = ["_total", "_count", "_sum", "_bucket"] as const;

/** What the name alone tells. Outside of Prometheus' conventions only `_total` is sure to be one. */
export function defaultKind({ source, name }: SourceSeries): MetricKind {
  const follows = source === "prometheus" || source === "otlp";
  const endings = follows ? COUNTER_ENDINGS : COUNTER_ENDINGS.slice(0, 1);
  return endings.some((ending) => name.endsWith(ending)) ? "counter" : "gauge";
}
