import type { Forest } from "../forest.ts";
import { expectedPaths } from "./expected_paths.ts";
import { walkOrder } from "./walk_order.ts";

/**
 * What the step to each node takes away from the path length that is expected of a row, in
 * `EXPECTED_UNITS`: i32 numbers beside the nodes of a `WalkImage`, in their order.
 */
export type CreditSteps = ArrayBuffer;

export function creditSteps(forest: Forest): CreditSteps {
  const { child } = forest;
  const expected = expectedPaths(forest);
  const { places } = walkOrder(forest);
  // A walk image has one node more.
  const steps = new Int32Array(child.length + 1);
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    if (left === 0) continue;
    steps[places[left]] = expected[node] - expected[left];
    steps[places[left] + 1] = expected[node] - expected[left + 1];
  }
  return steps.buffer;
}
