import type { DeviceEffects } from "../../pipeline/mod.ts";

/** Upper bounds of the duration histogram, seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** By rendered sample name with labels. */
  readonly samples: Map<string, Sample>;
}

interface Sample {
  value: number;
}

/** Adds to one sample, whose labels were rendered once. */
export type Add = (by?: number) => void;

/** Takes one duration in seconds. */
export type Observe = (seconds: number) => void;

/** The process's own counters in Prometheus' text exposition. No label carries a caller's text. */
export class EdgeMetrics {
  readonly #families = new Map<string, Family>();
  /** By family, and in it by rendered sample name. */
  readonly #gauges = new Map<string, Map<string, () => number>>();

  /** Adds to a counter; the first call names its help text. */
  count(name: string, help: string, by = 1, labels: Labels = {}): void {
    this.counter(name, help, labels)(by);
  }

  /** A counter that is added to often. */
  counter(name: string, help: string, labels: Labels = {}): Add {
    const sample = sampleOf(this.#family(name, help, "counter"), textOf(name, labels));
    return (by = 1) => void (sample.value += by);
  }

  /** A gauge that is read whenever someone asks. */
  gauge(name: string, help: string, read: () => number, labels: Labels = {}): void {
    this.#read(name, help, "gauge", read, labels);
  }

  /** A counter that is kept elsewhere, and read whenever someone asks. */
  total(name: string, help: string, read: () => number, labels: Labels = {}): void {
    this.#read(name, help, "counter", read, labels);
  }

  #read(
    name: string,
    help: string,
    type: "counter" | "gauge",
    read: () => number,
    labels: Labels,
  ): void {
    this.#family(name, help, type);
    const samples = this.#gauges.get(name) ?? new Map();
    this.#gauges.set(name, samples.set(textOf(name, labels), read));
  }

  /** A histogram of durations. */
  histogram(name: string, help: string, labels: Labels = {}): Observe {
    const family = this.#family(name, help, "histogram");
    const bucket = (le: string) => sampleOf(family, textOf(`${name}_bucket`, { ...labels, le }));
    const buckets = DURATION_BOUNDS.map((bound) => bucket(String(bound)));
    const all = bucket("+Inf");
    const sum = sampleOf(family, textOf(`${name}_sum`, labels));
    const count = sampleOf(family, textOf(`${name}_count`, labels));
    return (seconds) => {
      for (let i = DURATION_BOUNDS.length - 1; i >= 0 && seconds <= DURATION_BOUNDS[i]; i--) {
        buckets[i].value++;
      }
      all.value++;
      sum.value += seconds;
      count.value++;
    };
  }

  /** Everything in exposition format 0.0.4. */
  render(): string {
    let text = "";
    for (const [name, { help, type, samples }] of this.#families) {
      text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
      for (const [sample, read] of this.#gauges.get(name) ?? []) text += `${sample} ${read()}\n`;
      for (const [sample, { value }] of samples) text += `${sample} ${value}\n`;
    }
    return text;
  }

  #family(name: string, help: string, type: Family["type"]): Family {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    const family: Family = { help, type, samples: new Map() };
    this.#families.set(name, family);
    return family;
  }
}

/** Counts what an ingest has committed; for its `onCommitted`. */
export function countCommitted(metrics: EdgeMetrics): (effects: readonly DeviceEffects[]) => void {
  return (effects) => {
    for (const { points, anomalies, incidentChanges } of effects) {
      const late = points.filter((point) => point.late).length;
      metrics.count("treeline_points_late_total", "Points stored but not judged", late);
      metrics.count("treeline_anomalies_total", "Anomalies found", anomalies.length);
      for (const { action } of incidentChanges) {
        metrics.count("treeline_incident_changes_total", "Steps of incidents", 1, { action });
      }
    }
  };
}

function sampleOf({ samples }: Family, text: string): Sample {
  const known = samples.get(text);
  if (known !== undefined) return known;
  const sample = { value: 0 };
  samples.set(text, sample);
  return sample;
}

function textOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}
