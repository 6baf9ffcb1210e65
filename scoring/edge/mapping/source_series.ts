/** Where a series comes from; a rule may be for one of these alone. */
export const SOURCE_KINDS = ["prometheus", "otlp", "influx", "topic"] as const;
export type SourceKind = typeof SOURCE_KINDS[number];

/** A gauge is taken as it is, of a counter its rate counts. */
export type MetricKind = "gauge" | "counter";

/** A series as its source names it. */
export interface SourceSeries {
  readonly source: SourceKind;
  /** `__name__`, the instrument's name, `measurement_field`, or what a topic ends with. */
  readonly name: string;
  /** What tells series of one name apart: labels, point attributes, tags, parts of a topic. */
  readonly labels: ReadonlyMap<string, string>;
  /** What is known of the sender: rules may use it, a default metric name does not. */
  readonly resource?: ReadonlyMap<string, string>;
  /** As the source states it. */
  readonly unit?: string;
  /** As the source states it. */
  readonly kind?: MetricKind;
}

/** Value of a label as rules see it: `__name__` is the series' name, labels hide the resource's. */
export function labelOf(series: SourceSeries, label: string): string | undefined {
  if (label === "__name__") return series.name;
  return series.labels.get(label) ?? series.resource?.get(label);
}

/**
 * Labels of a message on a topic: `topic` is all of it, `topic.1`, `topic.2`, … its parts from the
 * left and `topic.-1`, `topic.-2`, … from the right.
 */
export function topicLabels(topic: string, separator = "/"): Map<string, string> {
  const parts = topic.split(separator);
  const labels = new Map([["topic", topic]]);
  parts.forEach((part, index) => {
    labels.set(`topic.${index + 1}`, part);
    labels.set(`topic.${index - parts.length}`, part);
  });
  return labels;
}
