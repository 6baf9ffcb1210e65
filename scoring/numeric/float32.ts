const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);

/** The next greater f32 of an f32; of the greatest finite one it is ∞. NaN and ∞ stay. */
export function nextUp(value: number): number {
  if (value !== value || value === Infinity) return value;
  // −0 and 0 are one number with two patterns of bits.
  floats[0] = value === 0 ? 0 : value;
  bits[0] += floats[0] >= 0 ? 1 : -1;
  return floats[0];
}

/** The next lesser f32 of an f32; of the least finite one it is −∞. NaN and −∞ stay. */
export function nextDown(value: number): number {
  return -nextUp(-value);
}

/** The f32 numbers in their order: 0 is 0, 1 the least above it, −1 the greatest below. */
export function float32At(index: number): number {
  bits[0] = Math.abs(index);
  return index < 0 ? -floats[0] : floats[0];
}
