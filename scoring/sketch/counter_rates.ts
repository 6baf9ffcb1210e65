const SECOND_MS = 1_000;

/** Values by the instant at which they hold, ms. */
export interface TimedValues {
  readonly at: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/**
 * A counter's rates per second, each at the later of its two readings: what baselines and sketches tell
 * of a counter. Where it has gone down it was reset, and there is none.
 *
 * @param readings By instant, each once.
 */
export function counterRates({ at, value }: TimedValues): TimedValues {
  const instants: number[] = [];
  const rates: number[] = [];
  for (let i = 1; i < at.length; i++) {
    const grown = value[i] - value[i - 1];
    if (grown < 0 || !Number.isFinite(grown)) continue;
    instants.push(at[i]);
    rates.push(grown / ((at[i] - at[i - 1]) / SECOND_MS));
  }
  return { at: instants, value: rates };
}
