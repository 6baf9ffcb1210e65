/**
 * P-values of several tests, raised so that rejecting those below a level keeps the expected share of
 * false rejections below it (Benjamini and Hochberg 1995). In the order of the tests.
 */
export function adjustedPValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_, test) => test).sort((a, b) => pValues[b] - pValues[a]);
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  order.forEach((test, larger) => {
    const rank = pValues.length - larger;
    least = Math.min(least, pValues[test] * (pValues.length / rank));
    adjusted[test] = least;
  });
  return adjusted;
}
