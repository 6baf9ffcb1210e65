/** Values that are allowed; an end that is not given lies nowhere. */
export interface ValueRange {
  readonly min?: number | null;
  readonly max?: number | null;
  /** True where the end itself is not allowed. */
  readonly minOpen?: boolean;
  readonly maxOpen?: boolean;
}

/** The one rule by which files and ingestion tell whether a value is allowed. NaN never is. */
export function isWithin(
  { min, max, minOpen = false, maxOpen = false }: ValueRange,
  value: number,
): boolean {
  if (value !== value) return false;
  if (min !== undefined && min !== null && (minOpen ? value <= min : value < min)) return false;
  return max === undefined || max === null || (maxOpen ? value < max : value <= max);
}

/** As "0 to 100", "above 0 to any". */
export function rangeText({ min, max, minOpen = false, maxOpen = false }: ValueRange): string {
  const from = `${minOpen ? "above " : ""}${min ?? "any"}`;
  return `${from} to ${maxOpen ? "below " : ""}${max ?? "any"}`;
}
