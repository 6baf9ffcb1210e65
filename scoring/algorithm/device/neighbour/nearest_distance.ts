/**
 * Euclidean distance to the nearest of some rows, over the root of the number of columns; ∞ where
 * there is none.
 *
 * @param counts Says of a row's index whether it counts; all do where not given.
 */
export function nearestDistance(
  references: Float32Array,
  row: Float32Array,
  counts?: (index: number) => boolean,
): number {
  let least = Infinity;
  for (let start = 0, index = 0; start < references.length; start += row.length, index++) {
    if (counts && !counts(index)) continue;
    let squares = 0;
    for (let column = 0; column < row.length && squares < least; column++) {
      const distance = row[column] - references[start + column];
      squares += distance * distance;
    }
    if (squares < least) least = squares;
  }
  return Math.sqrt(least / row.length);
}

/** Where in the references the row nearest to this one begins; there must be one. */
export function nearestStart(references: Float32Array, row: Float32Array): number {
  let least = Infinity;
  let nearest = 0;
  for (let start = 0; start < references.length; start += row.length) {
    let squares = 0;
    for (let column = 0; column < row.length && squares < least; column++) {
      const distance = row[column] - references[start + column];
      squares += distance * distance;
    }
    if (squares < least) {
      least = squares;
      nearest = start;
    }
  }
  return nearest;
}
