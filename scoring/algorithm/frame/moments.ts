/** Covariance of standardized rows about their mean, the divisor being `rowCount` − 1. */
export function covariance(
  values: Float64Array,
  rowCount: number,
  columnCount: number,
): { mean: Float64Array; covariance: Float64Array } {
  const mean = new Float64Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      mean[column] += (values[row * columnCount + column] - mean[column]) / (row + 1);
    }
  }
  const sums = new Float64Array(columnCount * columnCount);
  const centred = new Float64Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      centred[column] = values[row * columnCount + column] - mean[column];
    }
    for (let first = 0; first < columnCount; first++) {
      const factor = centred[first];
      const start = first * columnCount;
      for (let second = first; second < columnCount; second++) {
        sums[start + second] += factor * centred[second];
      }
    }
  }
  const divisor = Math.max(rowCount - 1, 1);
  for (let first = 0; first < columnCount; first++) {
    for (let second = first; second < columnCount; second++) {
      const value = sums[first * columnCount + second] / divisor;
      sums[first * columnCount + second] = value;
      sums[second * columnCount + first] = value;
    }
  }
  return { mean, covariance: sums };
}
