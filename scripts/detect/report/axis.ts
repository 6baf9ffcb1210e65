/** A place on an axis and what stands there. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Round numbers that part a range into about `count` steps. */
export function numberTicks(least: number, greatest: number, count: number): Tick[] {
  const step = roundStep((greatest - least) / count);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let at = Math.ceil(least / step - 1e-9) * step; at <= greatest + step * 1e-9; at += step) {
    ticks.push({ at, label: numberLabel(at, digits) });
  }
  return ticks;
}

/** The least of 1, 2 and 5 times a power of ten that is not below. */
function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5].find((factor) => factor * power >= wanted * (1 - 1e-9)) ?? 10);
}

function numberLabel(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || digits > 5) return value === 0 ? "0" : value.toExponential(1);
  // Rounding must not leave a negative zero.
  return (Number(value.toFixed(digits)) + 0).toFixed(digits);
}

const DAY_MS = 86_400_000;

/** A time on an axis of so many ms: with a date where it is long, with seconds where it is short. */
export function timeLabel(at: number, spanMs: number): string {
  const text = new Date(at).toISOString();
  if (spanMs > 20 * DAY_MS) return text.slice(0, 10);
  if (spanMs > DAY_MS) return text.slice(5, 16).replace("T", " ");
  return spanMs > 600_000 ? text.slice(11, 16) : text.slice(11, 19);
}
