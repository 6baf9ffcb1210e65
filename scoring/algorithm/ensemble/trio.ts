import type { Algorithm } from "../algorithm.ts";
import { oneClassSvm } from "../classical/mod.ts";
import { isolationForest } from "../forest/mod.ts";
import { localOutlierFactor } from "../neighbours/mod.ts";
import { ensembleOf } from "./ensemble.ts";

/**
 * Isolation forest, one-class support vector machine and local outlier factor of 20 neighbours, three
 * methods that are often asked together; each would alert on a tenth of the training rows.
 */
export const trio: Algorithm = ensembleOf({
  name: "trio",
  source: "C. C. Aggarwal, S. Sathe: Theoretical Foundations and Algorithms for Outlier " +
    "Ensembles, SIGKDD Explorations 17, 2015",
  members: [
    { algorithm: isolationForest, contamination: 0.1 },
    { algorithm: oneClassSvm, contamination: 0.1 },
    { algorithm: localOutlierFactor, parameters: { neighbours: 20 }, contamination: 0.1 },
  ],
  vote: "rank",
});
