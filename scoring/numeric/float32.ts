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
