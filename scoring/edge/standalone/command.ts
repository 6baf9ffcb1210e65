import { acknowledgedBy, type Incident, resolvedBy } from "../../incident/mod.ts";

/**
 * This edge's incident after what a person did to the gateway's copy of it, or `undefined` when there
 * is nothing new in that: a person resolves at an instant that is none of the edge's own `resolves`.
 */
export function obeyed(
  own: Incident,
  theirs: Incident,
  resolves: readonly number[],
): Incident | undefined {
  const by = theirs.acknowledgedBy ?? "";
  const { resolvedAt, acknowledgedAt } = theirs;
  const isResolved = resolvedAt !== null && !resolves.includes(resolvedAt) &&
    (own.state === "OPEN" || own.state === "RECOVERING" || own.state === "SUSPECTED");
  if (isResolved) return resolvedBy(own, { by, at: resolvedAt }).incident;
  if (acknowledgedAt === null || own.acknowledgedAt !== null) return undefined;
  return acknowledgedBy(own, { by, at: acknowledgedAt }).incident;
}
