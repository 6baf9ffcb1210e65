import type { TimeOrder } from "./contract.ts";

/** Entities whose last time is remembered; of more, those that came first are forgotten. */
const ENTITIES_MAX = 65_536;

/** Tells times that go back. */
export interface TimeOrderWatch {
  /** False when the entity's time lies before the latest that it had, or at it where that counts. */
  follows(entity: string, at: number): boolean;
}

export function createTimeOrder(order: TimeOrder): TimeOrderWatch {
  const latest = new Map<string, number>();
  return {
    follows(entity, at) {
      if (order === "any") return true;
      const before = latest.get(entity) ?? -Infinity;
      if (before === -Infinity && latest.size === ENTITIES_MAX) {
        latest.delete(latest.keys().next().value!);
      }
      // A row that goes back does not make those behind it right.
      latest.set(entity, Math.max(before, at));
      return order === "strict" ? at > before : at >= before;
    },
  };
}
