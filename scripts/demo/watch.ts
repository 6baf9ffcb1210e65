import { resumable } from "../../api/client/resumable.ts";
import type { DemoClient } from "./client.ts";
import { DEMO_DETECTORS } from "./catalogue.ts";
import type { DeliveryClock } from "./delivery.ts";
import { minuteText } from "./report.ts";

const INCIDENTS = `subscription Incidents($after: Cursor) {
  incidentChanged(after: $after, actions: [CONFIRM, REOPEN, RESOLVE]) {
    action
    node {
      device { externalId }
      detector { name }
      severity
      peakScore
      lastAt
      resolvedAt
      pattern { metric direction }
    }
  }
}`;

interface IncidentChanged {
  readonly action: string;
  readonly node: {
    readonly device: { readonly externalId: string };
    readonly detector: { readonly name: string };
    readonly severity: string;
    readonly peakScore: number;
    readonly lastAt: string;
    readonly resolvedAt: string | null;
    readonly pattern: readonly { readonly metric: string; readonly direction: string }[];
  };
}

/** A live subscriber to all incidents. */
export interface IncidentWatch {
  /** Incidents that have opened so far. */
  readonly openedCount: number;
  /** Resolves once this many have opened, or after `timeoutMs`. */
  opened(count: number, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly client: DemoClient;
  /** Cursor to begin behind. */
  readonly after: string;
  readonly delivery: DeliveryClock;
  /** Told of each incident as it opens and resolves. */
  readonly line: (text: string) => void;
}

/** Follows incidents over the same subscription that any client uses. */
export function watchIncidents({ client, after, delivery, line }: WatchOptions): IncidentWatch {
  const ending = new AbortController();
  let openedCount = 0;
  let onChange = () => {};
  const follow = async () => {
    const changes = resumable<{ incidentChanged: IncidentChanged }>({
      url: `${client.url}/graphql`,
      key: client.key,
      query: INCIDENTS,
      after,
      signal: ending.signal,
    });
    for await (const { data: { incidentChanged: change } } of changes) {
      measure(delivery, change);
      if (change.action === "CONFIRM") openedCount++;
      line(changeText(change));
      onChange();
    }
  };
  const following = follow();
  return {
    get openedCount() {
      return openedCount;
    },
    opened: async (count, timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      onChange = () => openedCount >= count && resolve();
      onChange();
      await Promise.race([promise, following]);
      clearTimeout(timer);
    },
    stop: async () => {
      ending.abort();
      await following;
    },
  };
}

/** An incident opens at the closing of its last anomalous bucket so far. */
function measure(delivery: DeliveryClock, { action, node }: IncidentChanged): void {
  const detector = DEMO_DETECTORS.find(({ name }) => name === node.detector.name);
  if (!detector || action === "RESOLVE") return;
  delivery.arrived(node.device.externalId, Date.parse(node.lastAt) + detector.bucketMs);
}

function changeText({ action, node }: IncidentChanged): string {
  const pattern = node.pattern.map(({ metric, direction }) => `${metric} ${direction}`).join(", ");
  const where = `${node.device.externalId.padEnd(12)} ${pattern}`;
  const at = minuteText(Date.parse(action === "RESOLVE" ? node.resolvedAt! : node.lastAt));
  if (action === "RESOLVE") return `▽ ${at} resolved ${where}`;
  return `▲ ${at} ${node.severity.padEnd(8)} ${where} (score ${node.peakScore.toFixed(3)})`;
}
