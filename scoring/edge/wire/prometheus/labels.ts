import { LABEL_NAME_BYTES_MAX, LABELS_PER_SERIES_MAX } from "../limits.ts";
import type { SeriesOutcome, SourceSeries } from "../../mapping/mod.ts";
import type { SampleBatch } from "../../intake/mod.ts";
import { quoted } from "../problem.ts";

/** The label that holds a series' name. */
const NAME = "__name__";

/** Why a series' labels cannot be taken. */
export interface BadLabels {
  readonly outcome: "invalid";
  readonly message: string;
}

/** A series whose samples are taken, or the reason why all of them are refused. */
export type ReadSeries = SeriesOutcome | BadLabels;

/** Collects the labels of one series and checks them. */
export class LabelSet {
  readonly #labels = new Map<string, string>();
  #bad: string | undefined;

  /** @param name `undefined` for a text that is longer than it may be. */
  add(name: string | undefined, value: string | undefined): void {
    this.#bad ??= this.#fault(name, value);
    if (name !== undefined && value !== undefined) this.#labels.set(name, value);
  }

  /** Takes a label that names nothing. */
  refuse(message: string): void {
    this.#bad ??= message;
  }

  /** The series of these labels under the batch's rules. */
  mapped(batch: SampleBatch, stated: Pick<SourceSeries, "kind" | "unit"> = {}): ReadSeries {
    const name = this.#labels.get(NAME);
    if (this.#bad !== undefined) return { outcome: "invalid", message: this.#bad };
    if (name === undefined) {
      return { outcome: "invalid", message: `Cannot take a series without ${NAME}` };
    }
    this.#labels.delete(NAME);
    const known = batch.memory.metadataOf(name);
    return batch.map({
      source: "prometheus",
      name,
      labels: this.#labels,
      kind: stated.kind ?? known?.kind,
      unit: stated.unit ?? known?.unit,
    });
  }

  /** Labels may come in any order, as vmagent sends them; a repeated one has two values. */
  #fault(name: string | undefined, value: string | undefined): string | undefined {
    // Version 2 has one table for names and values, which may be longer.
    if (name === undefined || name.length > LABEL_NAME_BYTES_MAX) {
      return "Cannot take a label whose name is too long";
    }
    if (value === undefined) return `Cannot take label ${quoted(name)}: its value is too long`;
    if (name === "") return "Cannot take a label without a name";
    if (value === "") return `Cannot take label ${quoted(name)}: it has no value`;
    if (this.#labels.has(name)) return `Cannot take label ${quoted(name)} twice`;
    if (this.#labels.size < LABELS_PER_SERIES_MAX) return undefined;
    return `Cannot take more than ${LABELS_PER_SERIES_MAX} labels of a series`;
  }
}

/** Metric types of metadata: what only grows, and what moves both ways. */
export function kindOf(type: number): SourceSeries["kind"] {
  return type === 1 ? "counter" : type === 2 ? "gauge" : undefined;
}
