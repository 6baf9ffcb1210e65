import type { Forest } from "../../../scoring/forest/mod.ts";
import { averagePathLength } from "../../../scoring/forest/mod.ts";

/**
 * The forest as an ONNX model of one TreeEnsembleRegressor, whose output is the sum of path
 * lengths. Protocol buffers are written by hand: the message has four nested levels.
 */
export function onnxModelOf(forest: Forest): Uint8Array<ArrayBuffer> {
  const node = message(
    textField(1, "rows"),
    textField(2, "sums"),
    textField(4, "TreeEnsembleRegressor"),
    ...Object.entries(attributesOf(forest)).map(([name, value]) =>
      field(5, attribute(name, value))
    ),
    textField(7, "ai.onnx.ml"),
  );
  const graph = message(
    field(1, node),
    textField(2, "forest"),
    field(11, tensorInfo("rows", forest.featureCount)),
    field(12, tensorInfo("sums", 1)),
  );
  const operators = (domain: string, version: number) =>
    field(8, message(textField(1, domain), integerField(2, version)));
  return message(
    integerField(1, 8),
    field(7, graph),
    operators("", 17),
    operators("ai.onnx.ml", 1),
  );
}

type Attribute = string | number[] | string[] | Float32Array;

function attributesOf(forest: Forest): Record<string, Attribute> {
  const treeOf: number[] = [], idOf: number[] = [], modes: string[] = [];
  const right: number[] = [], left: number[] = [];
  const leafTrees: number[] = [], leafIds: number[] = [], weights: number[] = [];
  forest.roots.forEach((root, tree) => {
    const end = forest.roots[tree + 1] ?? forest.child.length;
    const edges = new Uint8Array(end - root);
    for (let node = root; node < end; node++) {
      const child = forest.child[node];
      treeOf.push(tree);
      idOf.push(node - root);
      modes.push(child === 0 ? "LEAF" : "BRANCH_GTE");
      // True is the right side, as a row goes right from the threshold on.
      right.push(child === 0 ? 0 : child + 1 - root);
      left.push(child === 0 ? 0 : child - root);
      if (child === 0) {
        leafTrees.push(tree);
        leafIds.push(node - root);
        weights.push(edges[node - root] + averagePathLength(forest.size[node]));
      } else edges[child - root] = edges[child + 1 - root] = edges[node - root] + 1;
    }
  });
  return {
    aggregate_function: "SUM",
    n_targets: [1],
    nodes_treeids: treeOf,
    nodes_nodeids: idOf,
    nodes_featureids: [...forest.splitFeature],
    nodes_values: forest.splitValue,
    nodes_modes: modes,
    nodes_truenodeids: right,
    nodes_falsenodeids: left,
    target_treeids: leafTrees,
    target_nodeids: leafIds,
    target_ids: leafIds.map(() => 0),
    target_weights: Float32Array.from(weights),
  };
}

/** Numbers of ONNX's AttributeProto.type. */
const TYPE = { integer: 2, text: 3, floats: 6, integers: 7, texts: 8 } as const;

function attribute(name: string, value: Attribute): Uint8Array {
  const named = (type: number, ...fields: Uint8Array[]) =>
    message(textField(1, name), ...fields, integerField(20, type));
  if (typeof value === "string") return named(TYPE.text, textField(4, value));
  if (value instanceof Float32Array) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return named(TYPE.floats, field(7, bytes));
  }
  if (name === "n_targets") return named(TYPE.integer, integerField(3, Number(value[0])));
  return typeof value[0] === "string"
    ? named(TYPE.texts, ...value.map((text) => textField(9, String(text))))
    : named(TYPE.integers, field(8, message(...value.map((number) => varint(Number(number))))));
}

function tensorInfo(name: string, columnCount: number): Uint8Array {
  const shape = message(
    field(1, textField(2, "count")),
    field(1, integerField(1, columnCount)),
  );
  const float = integerField(1, 1);
  return message(textField(1, name), field(2, field(1, message(float, field(2, shape)))));
}

function message(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return message(varint(number * 8 + 2), varint(bytes.length), bytes);
}

function textField(number: number, text: string): Uint8Array {
  return field(number, new TextEncoder().encode(text));
}

function integerField(number: number, value: number): Uint8Array {
  return message(varint(number * 8), varint(value));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return Uint8Array.from([...bytes, value]);
}
