import {
  EDGE_CONFIGURATION,
  type EventLog,
  type Heartbeat,
  type TreelineEvent,
} from "../../domain/mod.ts";
import type { IncidentChange } from "../../scoring/incident/mod.ts";
import type { GatewayChange } from "../../scoring/edge/mod.ts";

/** A silent stream beats so often; an edge takes half a minute of silence for a broken line. */
const HEARTBEAT_MS = 10_000;

export interface EdgeStreamOptions {
  readonly events: EventLog;
  readonly tenantId: string;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Rejects when the key of the stream is no longer valid; asked with every heartbeat. */
  readonly stillAllowed: () => Promise<unknown>;
  /** Called when the stream is over, for whatever reason; maybe more than once. */
  readonly onEnd: () => void;
}

/**
 * Server-sent events that name what an edge should ask for now: `assignments` or `commands`. They
 * carry nothing, so that one that is lost or comes twice does no harm.
 */
export async function edgeStream(options: EdgeStreamOptions): Promise<Response> {
  const { events, tenantId, signal, onEnd } = options;
  signal.addEventListener("abort", onEnd, { once: true });
  const after = await events.head(tenantId).catch((error) => {
    onEnd();
    throw error;
  });
  const body = ReadableStream.from(frames(options, after)).pipeThrough(new TextEncoderStream());
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

async function* frames(options: EdgeStreamOptions, after: number): AsyncGenerator<string> {
  const { events, tenantId, signal, stillAllowed, onEnd } = options;
  try {
    // The head of the answer goes out at once, so that whoever reads it knows that it is heard.
    yield ": open\n\n";
    const types = [...EDGE_CONFIGURATION, "mapping.updated", "incident.changed"] as const;
    const changes = { after, types, signal, heartbeatMs: HEARTBEAT_MS };
    for await (const event of events.follow(tenantId, changes)) {
      if ("heartbeat" in event) {
        if (!await isAllowed(stillAllowed)) return;
        yield ": still here\n\n";
        continue;
      }
      const change = changeOf(event);
      if (change !== undefined) yield `event: ${change}\ndata:\n\n`;
    }
  } finally {
    onEnd();
  }
}

async function isAllowed(stillAllowed: () => Promise<unknown>): Promise<boolean> {
  try {
    await stillAllowed();
    return true;
  } catch {
    return false;
  }
}

/** Of incidents only what a person has done is news to an edge. */
function changeOf(event: Exclude<TreelineEvent | Heartbeat, Heartbeat>): GatewayChange | undefined {
  if (event.type !== "incident.changed") return "assignments";
  const { action, incident } = event.payload as IncidentChange;
  const isByPerson = action === "ACKNOWLEDGE" || action === "SILENCE" ||
    (action === "RESOLVE" && incident.acknowledgedBy !== null);
  return isByPerson ? "commands" : undefined;
}
