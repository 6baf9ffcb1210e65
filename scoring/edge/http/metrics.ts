import type { DeviceEffects } from "../../pipeline/mod.ts";

/** Upper bounds of the duration histogram, seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Value by rendered sample name with labels. */
  readonly samples: Map<string, number>;
}

/** The process's own counters in Prometheus' text exposition. No label carries a caller's text. */
export class EdgeMetrics {
  readonly #families = new Map<string, Family>();
  readonly #gauges = new Map<string, () => number>();

  /** Adds to a counter; the first call names its help text. */
  count(name: string, help: string, by = 1, labels: Labels = {}): void {
    add(this.#family(name, help, "counter"), sampleOf(name, labels), by);
  }

  /** A gauge that is read whenever someone asks. */
  gauge(name: string, help: string, read: () => number): void {
    this.#family(name, help, "gauge");
    this.#gauges.set(name, read);
  }

  /** Adds a duration in seconds to a histogram. */
  observe(name: string, help: string, seconds: number, labels: Labels = {}): void {
    const family = this.#family(name, help, "histogram");
    for (const bound of DURATION_BOUNDS) {
      const le = sampleOf(`${name}_bucket`, { ...labels, le: String(bound) });
      add(family, le, seconds <= bound ? 1 : 0);
    }
    add(family, sampleOf(`${name}_bucket`, { ...labels, le: "+Inf" }), 1);
    add(family, sampleOf(`${name}_sum`, labels), seconds);
    add(family, sampleOf(`${name}_count`, labels), 1);
  }

  /** Everything in exposition format 0.0.4. */
  render(): string {
    let text = "";
    for (const [name, { help, type, samples }] of this.#families) {
      text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
      const read = this.#gauges.get(name);
      if (read !== undefined) text += `${name} ${read()}\n`;
      for (const [sample, value] of samples) text += `${sample} ${value}\n`;
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
    for (const { anomalies, incidentChanges } of effects) {
      metrics.count("treeline_anomalies_total", "Anomalies found", anomalies.length);
      for (const { action } of incidentChanges) {
        metrics.count("treeline_incident_changes_total", "Steps of incidents", 1, { action });
      }
    }
  };
}

function add({ samples }: Family, sample: string, by: number): void {
  samples.set(sample, (samples.get(sample) ?? 0) + by);
}

function sampleOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}
