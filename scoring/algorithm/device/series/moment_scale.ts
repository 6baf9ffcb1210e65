import type { Matrix } from "../../../forest/mod.ts";
import { boundedScale, type ColumnScale } from "./robust_scale.ts";

/** Mean and standard deviation of the finite values of each column; 1 for one that was constant. */
export function fitMomentScale({ data, rowCount, columnCount }: Matrix): ColumnScale {
  const center = new Float32Array(columnCount);
  const scale = new Float32Array(columnCount);
  for (let column = 0; column < columnCount; column++) {
    let mean = 0;
    let squares = 0;
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      const value = data[row * columnCount + column];
      if (!(Math.abs(value) < Infinity)) continue;
      count++;
      const distance = value - mean;
      mean += distance / count;
      squares += distance * (value - mean);
    }
    center[column] = mean;
    scale[column] = squares > 0 ? boundedScale(Math.sqrt(squares / count)) : 1;
  }
  return { center, scale };
}
