/** The classical methods for rows, each by itself. */
export { abod } from "./abod.ts";
export { autoencoder } from "./autoencoder.ts";
export { ecod } from "./ecod.ts";
export { hbos } from "./hbos.ts";
export { mad } from "./mad.ts";
export { mahalanobis } from "./mahalanobis.ts";
export { oneClassSvm } from "./one_class_svm.ts";
export { pca } from "./pca.ts";
export { zScore } from "./z_score.ts";
