import type { Algorithm } from "../algorithm.ts";
import { robustCovariance } from "../covariance/mod.ts";
import { extendedIsolationForest } from "../forest/mod.ts";
import { kNearestNeighbours } from "../neighbours/mod.ts";
import { ensembleOf } from "./ensemble.ts";

/** Every split at its best threshold, and leaves of several rows: what densities are steady with. */
const FOREST = { gainShare: 1, heightLimit: 6, density: 1 };

/**
 * What records without time are judged by where nothing else is asked for: the mean surprise of three
 * methods that see different things. A forest measures density where few splits suffice, the distance
 * to neighbours finds rows apart from every cluster, and the covariance finds rows whose columns do
 * not go together as they do elsewhere.
 */
export const consensus: Algorithm = ensembleOf({
  name: "consensus",
  source: "C. C. Aggarwal, S. Sathe: Theoretical Foundations and Algorithms for Outlier " +
    "Ensembles, SIGKDD Explorations 17, 2015",
  members: [
    { algorithm: extendedIsolationForest, parameters: FOREST },
    { algorithm: kNearestNeighbours },
    { algorithm: robustCovariance },
  ],
  vote: "surprise",
});
