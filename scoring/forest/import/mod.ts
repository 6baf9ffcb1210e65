/** Forests that other libraries have fitted. */
export {
  fromMlIsolationForest,
  type MlIsolationForest,
  type MlTreeNode,
} from "./ml_isolation_forest.ts";
export { fromScikitLearn, type ScikitLearnForest, type ScikitLearnTree } from "./scikit_learn.ts";
