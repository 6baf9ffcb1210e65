/**
 * SQLite's own reading of a decimal is off by one bit for about one number in ten thousand, and a
 * server that is sent JSON reads it by its own rules: a series folded again from such values would
 * not give the same bits. Whole numbers are read exactly everywhere, so a value travels as a whole
 * number and a power of two.
 */
export type ExactNumber = readonly [mantissa: number, halvings: number];

/** Halvings that `EXACT_VALUE` undoes: a shift of 62 is the most that SQLite has, and it has two. */
const HALVINGS_MAX = 124;

/** Whole numbers from here on are not exact; up to here JSON has all their digits. */
const WHOLE_MAX = 2 ** 53;

const view = new DataView(new ArrayBuffer(8));

/** The value as mantissa · 2^−halvings; `undefined` when it is too small or too large for that. */
export function exactNumber(value: number): ExactNumber | undefined {
  if (Number.isInteger(value) && Math.abs(value) <= WHOLE_MAX) return [value, 0];
  view.setFloat64(0, value);
  const exponent = (view.getUint16(0) >>> 4) & 0x7ff;
  // 52 bits of fraction behind a bias of 1023: the mantissa becomes a whole number below 2^53.
  const halvings = 1075 - exponent;
  if (halvings < 0 || halvings > HALVINGS_MAX) return undefined;
  return [value * 2 ** halvings, halvings];
}

/** SQL for the value of a mantissa and its halvings; each step is exact, as it divides by a power of two. */
export function exactSql(mantissa: string, halvings: string): string {
  return `cast(${mantissa} as real) / (1 << min(${halvings}, 62)) / ` +
    `(1 << max(${halvings} - 62, 0))`;
}
