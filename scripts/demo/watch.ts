import { resumable } from "../../api/client/resumable.ts";
import type { DemoClient } from "./client.ts";
import { DEMO_DETECTORS } from "./catalogue.ts";
import type { DeliveryClock } from "./delivery.ts";
import { minuteText } from "./report.ts";

const INCIDENTS = `subscription Incidents($after: Cursor) {
  incidentChanged(after: $after) {
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

/** Steps that are told at the closing of the incident's last anomalous bucket. */
const AT_LAST_BUCKET: readonly string[] = ["CREATE", "CONFIRM", "CONTINUE", "REOPEN"];

/** A live subscriber to all incidents. */
export interface IncidentWatch {
  /** Incidents confirmed so far. */
  readonly openedCount: number;
  /** Steps received so far. */
  readonly changeCount: number;
  /** Resolves once this many steps have come, or after `timeoutMs`. */
  received(changes: number, timeoutMs: number): Promise<void>;
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
  let changeCount = 0;
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
      changeCount++;
      if (change.action === "CONFIRM") openedCount++;
      const text = changeText(change);
      if (text !== undefined) line(text);
      onChange();
    }
  };
  const following = follow();
  return {
    get openedCount() {
      return openedCount;
    },
    get changeCount() {
      return changeCount;
    },
    received: async (changes, timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      onChange = () => changeCount >= changes && resolve();
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

function measure(delivery: DeliveryClock, { action, node }: IncidentChanged): void {
  const detector = DEMO_DETECTORS.find(({ name }) => name === node.detector.name);
  if (!detector || !AT_LAST_BUCKET.includes(action)) return;
  delivery.arrived(node.device.externalId, Date.parse(node.lastAt) + detector.bucketMs);
}

/** What is said of a step, `undefined` for steps that only the timeline tells. */
function changeText({ action, node }: IncidentChanged): string | undefined {
  const pattern = node.pattern.map(({ metric, direction }) => `${metric} ${direction}`).join(", ");
  const where = `${node.device.externalId.padEnd(12)} ${pattern}`;
  const at = minuteText(Date.parse(node.lastAt));
  switch (action) {
    case "CONFIRM":
    case "REOPEN":
      return `▲ ${at} ${node.severity.padEnd(8)} ${where} (score ${node.peakScore.toFixed(3)})`;
    case "RESOLVE":
      return `▽ ${minuteText(Date.parse(node.resolvedAt ?? node.lastAt))} resolved ${where}`;
    default:
      return undefined;
  }
}
