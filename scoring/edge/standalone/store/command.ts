import { acknowledgedBy, type Incident, resolvedBy, silencedBy } from "../../../incident/mod.ts";

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
  const silence = theirs.silencedUntil ?? null;
  if (silence !== (own.silencedUntil ?? null)) {
    // All that a person did goes into one step, so that it is obeyed whole or not at all.
    const silenced = silencedBy(own, { by: theirs.silencedBy ?? "", at: own.lastAt }, silence);
    const further = obeyed(silenced.incident, theirs, resolves);
    return { ...further ?? silenced.incident, version: own.version + 1 };
  }
  const isResolved = resolvedAt !== null && !resolves.includes(resolvedAt) &&
    (own.state === "OPEN" || own.state === "RECOVERING" || own.state === "SUSPECTED");
  if (isResolved) return resolvedBy(own, { by, at: resolvedAt }).incident;
  if (acknowledgedAt === null || own.acknowledgedAt !== null) return undefined;
  return acknowledgedBy(own, { by, at: acknowledgedAt }).incident;
}
