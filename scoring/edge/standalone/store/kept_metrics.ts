import { type MetricProfile, nextVocabulary, type Vocabulary } from "../../store.ts";
import type { AssignedMetric } from "../protocol.ts";
import type { SqlDatabase } from "../sql_database.ts";

/** Metrics of one statement: their text is below what every platform takes. */
const METRICS_PER_INSERT = 500;

/** What a stand-alone edge's tenant measures, in its file: once for all devices. */
export class KeptMetrics {
  readonly #database: SqlDatabase;
  #vocabulary = new Map<string, MetricProfile>();
  /** What follows from the file; read when it is first needed. */
  #index: MetricIndex | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  get vocabulary(): Vocabulary {
    return this.#read().vocabulary;
  }

  /** Metric names by id. */
  get names(): ReadonlyMap<string, string> {
    return this.#read().names;
  }

  /** Ids of the metrics whose sketches are of rates. */
  get counters(): ReadonlySet<string> {
    return this.#read().counters;
  }

  /** Replaces all, in the caller's transaction. */
  replace(metrics: readonly AssignedMetric[]): void {
    this.#index = undefined;
    this.#database.run("delete from metrics");
    for (let from = 0; from < metrics.length; from += METRICS_PER_INSERT) {
      this.#database.run(
        "insert into metrics (metric_id, body) select value ->> 'metricId', value from json_each(?)",
        [JSON.stringify(metrics.slice(from, from + METRICS_PER_INSERT))],
      );
    }
  }

  #read(): MetricIndex {
    if (this.#index !== undefined) return this.#index;
    const metrics = this.#database.all("select body from metrics")
      .map(({ body }): AssignedMetric => JSON.parse(String(body)));
    this.#vocabulary = nextVocabulary(
      this.#vocabulary,
      metrics.map(({ name, metricId, category, minValue, maxValue }) => [
        name,
        { metricId, category, minValue, maxValue },
      ]),
    );
    return this.#index = {
      vocabulary: this.#vocabulary,
      names: new Map([...this.#vocabulary].map(([name, { metricId }]) => [metricId, name])),
      counters: new Set(metrics.flatMap(({ metricId, isCounter }) => isCounter ? [metricId] : [])),
    };
  }
}

interface MetricIndex {
  readonly vocabulary: Vocabulary;
  readonly names: ReadonlyMap<string, string>;
  readonly counters: ReadonlySet<string>;
}
