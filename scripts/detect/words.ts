/** As `1 row` or `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function scoreText(score: number): string {
  return score.toFixed(3);
}

export function percentText(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** A value with at most five digits. */
export function valueText(value: number | string | null): string {
  if (value === null) return "missing";
  return typeof value === "number" ? String(Number(value.toPrecision(5))) : value;
}
