import type { Forest, ObliqueSplits } from "./forest.ts";

/**
 * Checks what the type `ObliqueSplits` promises, of a forest whose trees are sound.
 *
 * @throws {RangeError} Naming the first node that is wrong.
 */
export function checkOblique(
  { featureCount, child, gridKnots }: Forest,
  oblique: ObliqueSplits,
): void {
  const { secondFeature, weight, secondWeight, center } = oblique;
  if (gridKnots) refuse("its grid must be of axis splits", gridKnots.length);
  for (const nodes of [secondFeature, weight, secondWeight]) {
    if (nodes.length !== child.length) refuse("its node lists must be equally long", nodes.length);
  }
  if (center.length !== featureCount) refuse(`it must have ${featureCount} centers`, center.length);
  const wrong = center.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) refuse(`center ${wrong} must be finite`, center[wrong]);
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) checkLeaf(oblique, node);
    else checkSplit(oblique, featureCount, node);
  }
}

function checkLeaf({ secondFeature, weight, secondWeight }: ObliqueSplits, node: number): void {
  for (const value of [secondFeature[node], weight[node], secondWeight[node]]) {
    if (!Object.is(value, 0)) refuse(`leaf ${node} must have no weights`, value);
  }
}

function checkSplit(
  { secondFeature, weight, secondWeight }: ObliqueSplits,
  featureCount: number,
  node: number,
): void {
  if (secondFeature[node] >= featureCount) {
    refuse(`node ${node} must split a column below ${featureCount}`, secondFeature[node]);
  }
  for (const value of [weight[node], secondWeight[node]]) {
    if (!Number.isFinite(value) || value === 0) {
      refuse(`node ${node} must have finite weights that are not 0`, value);
    }
  }
}

function refuse(want: string, found: number): never {
  throw new RangeError(`Cannot use forest as ${want}: current value is ${found}`);
}
