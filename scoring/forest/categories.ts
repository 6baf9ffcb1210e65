/** Numbers for the categories of a column, as a forest's rows have them. */
export interface CategoryCodes {
  /** The most frequent first. */
  readonly categories: readonly string[];
  /**
   * Rank of a category, from 0 for the most frequent; the number of categories for one that was
   * never seen; NaN for a missing one.
   */
  codeOf(category: string | null | undefined): number;
}

/** An f32 has every integer up to 2²⁴; a column of more categories is a name, not a category. */
export const CATEGORIES_MAX = 65_535;

/**
 * Codes of a column's training values, by how frequent they are; categories as frequent as each
 * other are in the order of their UTF-16 code units. Missing values count for none.
 *
 * A tree parts a column at thresholds, so that what lies at the end of its range is isolated by few
 * splits. Ranked by frequency, that is the rare categories; one that was never seen lies past them
 * and scores at least as the rarest. One column a category would have most splits fall on columns
 * that say nothing of a row.
 *
 * @throws {RangeError} When there are more than `CATEGORIES_MAX` categories.
 */
export function fitCategories(values: Iterable<string | null | undefined>): CategoryCodes {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value !== null && value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([left, leftCount], [right, rightCount]) =>
    rightCount - leftCount || (left < right ? -1 : 1)
  );
  return createCategoryCodes(ranked.map(([category]) => category));
}

/**
 * Codes of categories whose order is known, such as those of `fitCategories` that were kept.
 *
 * @throws {RangeError} When a category is there twice, or there are more than `CATEGORIES_MAX`.
 */
export function createCategoryCodes(categories: readonly string[]): CategoryCodes {
  if (categories.length > CATEGORIES_MAX) {
    throw new RangeError(
      `Cannot code categories as there must be at most ${CATEGORIES_MAX}: ` +
        `there are ${categories.length}`,
    );
  }
  const codes = new Map(categories.map((category, code) => [category, code]));
  if (codes.size < categories.length) {
    throw new RangeError("Cannot code categories as each must be there once");
  }
  return {
    categories,
    codeOf(category) {
      if (category === null || category === undefined) return NaN;
      return codes.get(category) ?? categories.length;
    },
  };
}
