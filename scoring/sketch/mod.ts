/** Values as mergeable sketches: quantiles within 1 % of a metric whose points stay elsewhere. */
export { sketchBaseline } from "./baseline.ts";
export { counterRates, type TimedValues } from "./counter_rates.ts";
export { parseSketch, serialiseSketch, SKETCH_LENGTH_MAX, SketchError } from "./serialise.ts";
export {
  ascending,
  BUCKETS_MAX,
  EMPTY_SKETCH,
  mergeSketches,
  RELATIVE_ERROR,
  type Sketch,
  type SketchBuckets,
  sketchOf,
  sketchQuantile,
  type SketchStep,
} from "./sketch.ts";
