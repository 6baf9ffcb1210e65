import { type CutTree, isLeaf, nextNode, NONE } from "./tree.ts";

/**
 * Expected collusive displacement of a row: how many rows would move by a row's leaving, for each
 * that leaves with it, were it inserted. At each node on its way the row's own cut comes with the
 * probability of how much it widens the box; so no cut has to be drawn.
 *
 * @param parts Where given, each column's part is added to it.
 */
export function displacement(tree: CutTree, row: Float32Array, parts?: Float64Array): number {
  const { columnCount, mass, width } = tree;
  let sum = 0;
  let reach = 1;
  let most = 0;
  for (let node = tree.root; node !== NONE;) {
    const growth = growthOf(tree, node, row);
    if (growth > 0) {
      const share = growth / (growth + width[node]);
      const gain = reach * share * Math.max(most, mass[node]);
      sum += gain;
      if (parts) {
        for (let column = 0; column < columnCount; column++) {
          const side = beyond(tree, node * columnCount + column, row[column]);
          parts[column] += gain * (side / growth);
        }
      }
      reach *= 1 - share;
    }
    if (isLeaf(tree, node) || reach <= 0) break;
    const next = nextNode(tree, node, row);
    most = Math.max(most, (mass[node] - mass[next]) / (mass[next] + 1));
    node = next;
  }
  // What is left of the probability lies on a leaf that is the row itself.
  return sum + reach * most;
}

/** By how much a row widens the box of a node; the inner loop of scoring. */
function growthOf({ columnCount, low, high }: CutTree, node: number, row: Float32Array): number {
  const start = node * columnCount;
  let growth = 0;
  for (let column = 0; column < columnCount; column++) {
    const value = row[column];
    if (value < low[start + column]) growth += low[start + column] - value;
    else if (value > high[start + column]) growth += value - high[start + column];
  }
  return growth;
}

function beyond({ low, high }: CutTree, place: number, value: number): number {
  if (value < low[place]) return low[place] - value;
  return value > high[place] ? value - high[place] : 0;
}
