import { assertEquals, assertRejects } from "@std/assert";
import type { EventType, TreelineEvent } from "../../../domain/mod.ts";
import type { Context } from "../../../schema/core/context.ts";
import { openStream, STREAM_HEARTBEAT_MS, StreamClosedError } from "../../../schema/core/stream.ts";

type Step = number | { readonly heartbeat: number } | { readonly waitMs: number };

/** A log that gives these steps: events by their seq, heartbeats, and the passing of time. */
function contextOf(steps: readonly Step[], signal = new AbortController().signal) {
  let now = 0;
  async function* follow(_tenantId: string, { after }: { after: number }) {
    for (const step of steps) {
      await Promise.resolve();
      if (typeof step === "number") {
        if (step > after) yield { seq: step, type: "job.changed", payload: step, at: step };
      } else if ("heartbeat" in step) yield { heartbeat: true, seq: step.heartbeat };
      else now += step.waitMs;
    }
  }
  const context = {
    tenant: { tenantId: "acme" },
    events: { follow, head: () => Promise.resolve(0), oldest: () => Promise.resolve(1) },
    cursors: { sealSeq: (seq: number) => `c${seq}`, openSeq: (text: string) => Number(text) },
    stream: { signal },
    now: () => now,
  };
  return context as unknown as Context;
}

/** What a reader of the even numbers is given. */
async function read(context: Context, after: string | null = null): Promise<string[]> {
  const stream = await openStream(context, {
    after,
    types: ["job.changed"] as EventType[],
    select: ({ payload }: TreelineEvent) => Number(payload) % 2 === 0 ? payload : undefined,
  });
  const told: string[] = [];
  for await (const { cursor, node } of stream) told.push(node === null ? `♥${cursor}` : cursor);
  return told;
}

const CASES: readonly (readonly [what: string, steps: readonly Step[], told: readonly string[]])[] =
  [
    ["keeps what the filter keeps", [1, 2, 3, 4], ["c2", "c4"]],
    ["beats where nothing came for it", [2, { heartbeat: 9 }], ["c2", "♥c9"]],
    ["does not beat where it stands", [2, { heartbeat: 2 }, { heartbeat: 2 }], ["c2"]],
    ["does not beat before anything happened", [{ heartbeat: 0 }], []],
    [
      "beats when it has left events out for long",
      [1, { waitMs: STREAM_HEARTBEAT_MS }, 3, 5, 6],
      ["♥c3", "c6"],
    ],
    [
      "beats at most once in a while",
      [{ waitMs: STREAM_HEARTBEAT_MS }, 1, 3, { waitMs: STREAM_HEARTBEAT_MS - 1 }, 5],
      ["♥c1"],
    ],
  ];

for (const [what, steps, told] of CASES) {
  Deno.test(`a stream ${what}`, async () => {
    assertEquals(await read(contextOf(steps)), told);
  });
}

Deno.test("a stream goes on behind its cursor, and Last-Event-ID wins over it", async () => {
  assertEquals(await read(contextOf([2, 4, 6]), "2"), ["c4", "c6"]);
  const context = contextOf([2, 4, 6]);
  const resumed = { ...context, stream: { ...context.stream, lastEventId: "4" } };
  assertEquals(await read(resumed, "2"), ["c6"]);
});

Deno.test("a stream that the server ends says why, one that its reader ends does not", async () => {
  const ended = new AbortController();
  ended.abort(new StreamClosedError("UNAUTHENTICATED", "The key may no longer be used"));
  await assertRejects(() => read(contextOf([2], ended.signal)), StreamClosedError);
  const left = new AbortController();
  left.abort();
  assertEquals(await read(contextOf([2], left.signal)), ["c2"]);
});
