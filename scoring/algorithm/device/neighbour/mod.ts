/** Windows of rows against windows of training, for devices that are mostly switches. */
export { isMostlySwitches } from "./watched_columns.ts";
export {
  fitNeighbourModel,
  type NeighbourModel,
  readNeighbourModel,
  writeNeighbourModel,
} from "./neighbour_model.ts";
export { createNeighbourWatch, NEIGHBOUR_LOOKBACK } from "./neighbour_watch.ts";
