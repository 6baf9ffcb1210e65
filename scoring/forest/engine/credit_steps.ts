import type { Forest } from "../forest.ts";
import { expectedPaths } from "./expected_paths.ts";
import { walkOrder } from "./walk_order.ts";

/**
 * What the step to each node takes away from the path length that is expected of a row, in
 * `EXPECTED_UNITS`: i64 numbers, as long as the nodes of a `WalkImage`, in their order.
 */
export type CreditSteps = ArrayBuffer;

export function creditSteps(forest: Forest): CreditSteps {
  const { child } = forest;
  const expected = expectedPaths(forest);
  const { places } = walkOrder(forest);
  // A walk image has one node more.
  const steps = new Int32Array(2 * (child.length + 1));
  const set = (place: number, step: number) => {
    steps[2 * place] = step;
    steps[2 * place + 1] = step >> 31;
  };
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    if (left === 0) continue;
    set(places[left], expected[node] - expected[left]);
    set(places[left + 1], expected[node] - expected[left + 1]);
  }
  return steps.buffer;
}
