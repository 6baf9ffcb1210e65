/** Methods that ask several others. */
export { consensus } from "./consensus.ts";
export { type EnsembleMethod, ensembleOf, type Member } from "./ensemble.ts";
export { featureBagging } from "./feature_bagging.ts";
export { trio } from "./trio.ts";
export { type Vote, VOTES } from "./vote.ts";
