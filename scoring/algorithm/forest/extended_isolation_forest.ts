import { fitForest, HEIGHT_MAX, measureDensities } from "../../forest/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import { forestAlgorithm } from "./forest_algorithm.ts";
import { TREE_SHAPE } from "./tree_shape.ts";

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
    ...TREE_SHAPE,
    gainShare: {
      default: 0.5,
      min: 0,
      max: 1,
      help: "share of splits at the best threshold instead of a random one",
    },
    heightLimit: {
      default: 0,
      min: 0,
      max: HEIGHT_MAX,
      integer: true,
      help: "edges from a root to a leaf, at most; 0 for log2 of the subsample, 64 for isolation",
    },
    density: {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      help: "1 to score by how dense leaves are instead of how deep",
    },
  },
  fit(rows, { treeCount, subsampleSize, gainShare, heightLimit, density }, seed) {
    const forest = fitForest(rows, {
      treeCount,
      subsampleSize,
      seed,
      splits: "oblique",
      gainShare,
      ...(heightLimit > 0 && { heightLimit }),
    });
    return density === 1 ? { forest, densities: measureDensities(forest, rows, seed) } : { forest };
  },
});
