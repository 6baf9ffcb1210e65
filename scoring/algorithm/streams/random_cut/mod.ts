/** Random cut trees: rows come and go, and what a row would displace. */
export { createCutTree, type CutTree, insertRow, removeRow } from "./tree.ts";
export { displacement } from "./displacement.ts";
export { type CutShape, shapeOf, treeOf } from "./shape.ts";
