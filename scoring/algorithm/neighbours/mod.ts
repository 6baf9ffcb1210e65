/** Methods that ask how far a row is from the rows nearest to it. */
export { kNearestNeighbours } from "./k_nearest_neighbours.ts";
export { localOutlierFactor } from "./local_outlier_factor.ts";
