import type { EventLog } from "../storage/event_log.ts";
import type { EventType } from "../storage/event.ts";
import { StorageError } from "../storage/write.ts";

/** What a device's folding depends on, besides its own state. */
export const EDGE_CONFIGURATION: readonly EventType[] = [
  "device.created",
  "device.updated",
  "metric.created",
  "metric.updated",
  "detector.created",
  "detector.updated",
  "model.fitted",
];

const RETRY_MS = 1_000;

/**
 * Tells of every change to a tenant's devices, metrics, detectors and models, until it is stopped: of
 * this process's own before its commit resolves, so that points sent after it are folded by it, and of
 * any once it is read in the event log.
 */
export async function watchConfiguration(
  events: EventLog,
  tenantId: string,
  { signal, onChange }: { readonly signal: AbortSignal; readonly onChange: () => void },
): Promise<void> {
  events.listen(tenantId, { types: EDGE_CONFIGURATION, signal }, onChange);
  while (!signal.aborted) {
    try {
      const after = await events.head(tenantId);
      // What changed before the log was looked at, or while it could not be, is told by this.
      onChange();
      const changes = events.follow(tenantId, { after, types: EDGE_CONFIGURATION, signal });
      for await (const _change of changes) onChange();
      return;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      await pause(RETRY_MS, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
