import type { HealthCheck } from "../http/health.ts";
import type { EdgeMetrics } from "../http/metrics.ts";
import type { RunningSource, SourceStatus, SourceSummary } from "./running_source.ts";

/** All sources of an edge. */
export class Sources {
  readonly #sources: readonly RunningSource[];

  constructor(sources: readonly RunningSource[]) {
    this.#sources = sources;
  }

  /** Runs them side by side until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.run(signal)));
  }

  status(): SourceStatus[] {
    return this.#sources.map((source) => source.status());
  }

  /** A source that is down is told by its name; the edge is unready for required ones alone. */
  checks(): HealthCheck[] {
    return this.#sources.map((source) => source.summary()).map(
      ({ name, state, error, required }) => {
        const ok = state === "connected";
        return {
          name: `source ${name}`,
          ok,
          ...ok ? {} : { detail: error === null ? state : `${state}: ${error}` },
          ...required ? {} : { isAdvice: true },
        };
      },
    );
  }

  /** Adds how each source is to the process's metrics. */
  addGauges(metrics: EdgeMetrics): void {
    for (const source of this.#sources) {
      const gauge = (name: string, help: string, read: (summary: SourceSummary) => number) =>
        metrics.gauge(`treeline_source_${name}`, help, () => read(source.summary()), {
          source: source.name,
        });
      gauge("up", "Whether the source is connected", ({ state }) => Number(state === "connected"));
      gauge("lag", "Messages or bytes that wait at the source", ({ lag }) => lag ?? NaN);
      gauge("last_message_seconds", "When a message was last taken, Unix time", lastSeconds);
      for (const [name, help, count] of COUNTS) {
        const labels = { source: source.name };
        const read = () => source.summary()[count];
        metrics.total(`treeline_source_${name}_total`, help, read, labels);
      }
    }
  }
}

const COUNTS = [
  ["messages", "Messages taken", "messages"],
  ["points_accepted", "Points of messages that were new", "accepted"],
  ["points_late", "New points that were stored but not judged", "late"],
  ["points_duplicate", "Points of messages that were known", "duplicates"],
  ["points_skipped", "Values of messages that are no telemetry", "skipped"],
  ["dead_letters", "Messages or points set aside", "deadLetters"],
  ["connects", "Connections made", "connects"],
] as const;

function lastSeconds({ lastMessageAt }: SourceSummary): number {
  return lastMessageAt === null ? 0 : Date.parse(lastMessageAt) / 1_000;
}
