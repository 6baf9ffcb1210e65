import { createRandom, createSampler } from "../../numeric/mod.ts";
import { columnMedians } from "../column_medians.ts";
import { createObliqueDraw } from "./draw_oblique_split.ts";
import { drawAxisSplit, type Subsample } from "./draw_split.ts";
import type { Forest, Matrix, SplitKind } from "../forest.ts";
import { createTreeGrower } from "./grow_tree.ts";
import { createNodeLists } from "./node_lists.ts";

/** What a forest is to be like; checked, and fitting its matrix. */
export interface ForestShape {
  readonly treeCount: number;
  /** At most the number of rows. */
  readonly subsampleSize: number;
  readonly heightLimit: number;
  readonly seed: number;
  /** "axis" where not given. */
  readonly splits?: SplitKind;
  /** Share of oblique splits by gain; 0 where not given. */
  readonly gainShare?: number;
}

/** Fits a forest in plain TypeScript. */
export function fitTrees(matrix: Matrix, shape: ForestShape): Forest {
  const { treeCount, subsampleSize, heightLimit, splits = "axis", gainShare = 0 } = shape;
  const { columnCount } = matrix;
  const random = createRandom(shape.seed);
  const sampler = createSampler(matrix.rowCount);
  const chosen = new Uint32Array(subsampleSize);
  const columns = new Float32Array(subsampleSize * columnCount);
  const grower = createTreeGrower(
    { rowCount: subsampleSize, columnCount, heightLimit, splits },
    splits === "axis" ? drawAxisSplit : createObliqueDraw(subsampleSize, gainShare),
  );
  const nodes = createNodeLists(treeCount, subsampleSize, heightLimit, splits);
  const roots = new Uint32Array(treeCount);
  for (let tree = 0; tree < treeCount; tree++) {
    roots[tree] = nodes.count;
    sampler.fill(chosen, random);
    const nodeCount = grower.grow(gather(matrix, chosen, columns), random);
    nodes.append(grower.nodes, nodeCount);
  }
  const forest = { featureCount: columnCount, subsampleSize, roots, ...nodes.finish() };
  const oblique = nodes.finishOblique();
  return oblique ? { ...forest, oblique: { ...oblique, center: columnMedians(matrix) } } : forest;
}

/** Copies the chosen rows into `columns`, column after column, as the tree reads them. */
function gather(matrix: Matrix, chosen: Uint32Array, columns: Float32Array): Subsample {
  const { data, columnCount } = matrix;
  const rowCount = chosen.length;
  // x − x is 0 where x is finite, else NaN, which sticks.
  let difference = 0;
  for (let i = 0; i < rowCount; i++) {
    let from = chosen[i] * columnCount;
    for (let at = i; at < columns.length; at += rowCount) {
      const value = data[from++];
      difference += value - value;
      columns[at] = value;
    }
  }
  return { columns, rowCount, columnCount, isFinite: difference === 0 };
}
