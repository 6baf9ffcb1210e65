import measured from "../../docs/algorithms.json" with { type: "json" };

/** What was measured of one method; where it was not, the field is missing. */
export interface AlgorithmFigures {
  /** Fitted and scored in one second of a processor, ten columns. */
  readonly rowsPerSecond?: number;
  /** Mean over labelled sets without time. */
  readonly auc?: number;
  readonly averagePrecision?: number;
  /** The same AUC over the small ones of these sets alone. */
  readonly smallAuc?: number;
  /** By collection. */
  readonly series?: Readonly<Record<string, SeriesFigures>>;
}

/** How a method does as a detector with the shipped settings. */
export interface SeriesFigures {
  readonly averagePrecision: number;
  readonly incidentF1: number;
  /** NAB's standard profile at the best threshold, for series without a training part. */
  readonly nabScore?: number;
}

/** Figures by the method's name, as `tests/bench/algorithms.ts --write` has left them. */
export type FigureTable = Readonly<Record<string, AlgorithmFigures>>;

export function readFigures(): FigureTable {
  return measured;
}
