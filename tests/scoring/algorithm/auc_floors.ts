/** What the mean AUC of every method for rows must reach on public sets. */
import aucFloors from "./auc_floors.json" with { type: "json" };

/** Of the small sets alone, or of all. */
export type SetsName = "small" | "all";

export interface AucFloors {
  /** How far below the measured value a floor lies: a method may change, but not for the worse. */
  readonly margin: number;
  readonly small: Readonly<Record<string, number>>;
  readonly all: Readonly<Record<string, number>>;
}

/** Floors are measured values less this; seeds make figures exact, so it allows for changes alone. */
export const FLOOR_MARGIN = 0.01;

export function readFloors(): AucFloors {
  return aucFloors;
}

/** A method without a floor cannot pass. */
export function floorOf(floors: AucFloors, sets: SetsName, name: string): number {
  return Object.hasOwn(floors[sets], name) ? floors[sets][name] : 1;
}
