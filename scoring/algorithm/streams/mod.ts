/** Methods that learn from each row after they have scored it. */
export { halfSpaceTrees } from "./half_space_trees.ts";
export { randomCutForest } from "./random_cut_forest.ts";
