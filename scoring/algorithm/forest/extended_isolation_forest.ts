import { measureDensities } from "../../forest/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import { forestAlgorithm } from "./forest_algorithm.ts";
import { growObliqueForest, OBLIQUE_FOREST } from "./grow.ts";

/**
 * Extended isolation forest: splits of two columns together (Hariri, Kind and Brunner 2021), a share
 * of them where both sides are narrowest (SCiForest of Liu, Ting and Zhou 2010; Cortes 2021). Scores
 * are Liu's, 2^(−mean path length / c(ψ)), or −ln of the leaves' densities.
 */
export const extendedIsolationForest: Algorithm = forestAlgorithm({
  name: "extended_isolation_forest",
  source: "S. Hariri, M. C. Kind, R. J. Brunner: Extended Isolation Forest, IEEE TKDE 33, 2021; " +
    "D. Cortes: Revisiting randomized choices in isolation forests, and: Isolation forests: " +
    "looking beyond tree depth, 2021",
  parameters: {
    ...OBLIQUE_FOREST,
    density: {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      help: "1 to score by how dense leaves are instead of how deep",
    },
  },
  fit(rows, { density, ...parameters }, seed) {
    const forest = growObliqueForest(rows, parameters, seed);
    return density === 1 ? { forest, densities: measureDensities(forest, rows, seed) } : { forest };
  },
});
