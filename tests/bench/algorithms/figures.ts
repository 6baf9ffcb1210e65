import { type AlgorithmFigures, readFigures } from "../../../scripts/algorithms/figures.ts";
import { FLOOR_MARGIN, readFloors } from "../../scoring/algorithm/auc_floors.ts";

const FIGURES_FILE = new URL("../../../docs/algorithms.json", import.meta.url);
const FLOORS_FILE = new URL("../../scoring/algorithm/auc_floors.json", import.meta.url);

/** Methods that were not measured keep their figures. */
export async function writeFigures(
  measured: ReadonlyMap<string, AlgorithmFigures>,
): Promise<void> {
  const figures = { ...readFigures(), ...Object.fromEntries(measured) };
  await writeJson(FIGURES_FILE, figures);
  const floors = readFloors();
  const lowered = (field: "auc" | "smallAuc") =>
    Object.fromEntries(
      [...measured].flatMap(([name, { [field]: value }]) =>
        value === undefined ? [] : [[name, Math.floor((value - FLOOR_MARGIN) * 1e4) / 1e4]]
      ),
    );
  await writeJson(FLOORS_FILE, {
    margin: FLOOR_MARGIN,
    small: { ...floors.small, ...lowered("smallAuc") },
    all: { ...floors.all, ...lowered("auc") },
  });
}

async function writeJson(file: URL, value: unknown): Promise<void> {
  const rounded = (_key: string, one: unknown) =>
    typeof one === "number" ? Number(one.toPrecision(4)) : one;
  await Deno.writeTextFile(file, JSON.stringify(value, rounded, 2) + "\n");
}
