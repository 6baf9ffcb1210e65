import type { Algorithm } from "../../../scoring/algorithm/mod.ts";
import type { AlgorithmFigures, SeriesFigures } from "../../../scripts/algorithms/figures.ts";
import { findCollections } from "../../../scripts/evaluate/collection.ts";
import { evaluate } from "../../../scripts/evaluate/run.ts";

/** Of all that is random. */
const SEED = 1;

/**
 * A series method as the detector of each labelled series, as `deno task evaluate --algorithm` has
 * it; nothing of stream learners, which no detector may have.
 */
export async function measureSeries(
  { name, isLearner }: Algorithm,
  folder: string,
): Promise<AlgorithmFigures> {
  if (isLearner) return {};
  const found = await findCollections(folder, undefined);
  const collections = found.filter(({ kind }) => kind !== "tabular").map((one) => one.name);
  const results = await evaluate({
    data: folder,
    collections,
    out: undefined,
    seed: SEED,
    algorithm: name,
    nowMs: () => performance.now(),
    onScored: () => {},
  });
  const series: Record<string, SeriesFigures> = {};
  for (const { collection, figures: { ap, incident_f1, nab_standard_best } } of results) {
    if (ap === undefined || incident_f1 === undefined) continue;
    series[collection] = {
      averagePrecision: ap,
      incidentF1: incident_f1,
      nabScore: nab_standard_best,
    };
  }
  return { series };
}
