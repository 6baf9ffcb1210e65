import { createRandom } from "../../../scoring/numeric/mod.ts";

/** Rows to train on, and others to score. */
export const ROW_COUNT = 100_000;

/** Correlated bell-shaped rows, one in a hundred of them shifted in some columns. */
export async function writeData(folder: string, columns: number): Promise<void> {
  for (const [name, seed] of [["train", 1], ["rows", 2]] as const) {
    const random = createRandom(seed * 1000 + columns);
    const bell = () => random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5;
    const data = new Float32Array(ROW_COUNT * columns);
    for (let row = 0; row < ROW_COUNT; row++) {
      const common = bell();
      const shift = random.below(100) === 0 ? 3 : 0;
      for (let column = 0; column < columns; column++) {
        const shifted = random.below(3) === 0 ? shift : 0;
        data[row * columns + column] = common + 2 * bell() + shifted;
      }
    }
    await Deno.writeFile(`${folder}/${name}-${columns}.f32`, new Uint8Array(data.buffer));
  }
}
