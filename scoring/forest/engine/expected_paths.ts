import { unitsPerEdge } from "../average_path.ts";
import { leafPathsOf } from "../compiled.ts";
import type { Forest } from "../forest.ts";

/**
 * Expected path lengths are integers of this many units to an edge, a multiple of those that paths
 * are summed in: so what splits change in them adds up exactly, in any order. 2²⁴ fit 32 bits at
 * any height.
 */
export const EXPECTED_UNITS = 16_777_216;

const expectedOfForests = new WeakMap<Forest, Int32Array>();

/**
 * Path length expected of the training rows of each node, in `EXPECTED_UNITS`; made at its first
 * use and kept as long as the forest.
 */
export function expectedPaths(forest: Forest): Int32Array {
  let expected = expectedOfForests.get(forest);
  if (!expected) {
    expected = computeExpectedPaths(forest);
    expectedOfForests.set(forest, expected);
  }
  return expected;
}

function computeExpectedPaths(forest: Forest): Int32Array {
  const { child, size } = forest;
  const { pathUnits } = leafPathsOf(forest);
  const scale = EXPECTED_UNITS / unitsPerEdge(forest);
  const expected = new Float64Array(child.length);
  // Children come after their parent.
  for (let node = child.length - 1; node >= 0; node--) {
    const left = child[node];
    if (left === 0) {
      expected[node] = pathUnits[node] * scale;
      continue;
    }
    const right = left + 1;
    const cover = size[left] + size[right];
    // Only forests taken over from elsewhere have nodes that no training row has reached.
    expected[node] = cover === 0
      ? (expected[left] + expected[right]) / 2
      : (size[left] * expected[left] + size[right] * expected[right]) / cover;
  }
  return Int32Array.from(expected, (path) => Math.floor(path + 0.5));
}
