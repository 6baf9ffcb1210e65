/** One figure with what it must be. */
export interface Measure {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** Least value that is accepted; null where the figure is only told. */
  readonly floor: number | null;
  readonly goal: number | null;
  readonly ok: boolean;
}

/** A figure where more is better. */
export function atLeast(
  measure: string,
  value: number,
  unit: string,
  { floor, goal }: { readonly floor: number; readonly goal: number },
): Measure {
  return { measure, value: rounded(value), unit, floor, goal, ok: value >= floor };
}

/** A figure that others are read against. */
export function told(measure: string, value: number, unit: string): Measure {
  return { measure, value: rounded(value), unit, floor: null, goal: null, ok: true };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
