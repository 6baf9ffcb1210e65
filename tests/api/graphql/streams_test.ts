import { assert, assertEquals, assertThrows } from "@std/assert";
import { KEY_RECHECK_MS, STREAMS_PER_KEY_MAX } from "../../../api/graphql/limits.ts";
import { StreamRegistry } from "../../../api/graphql/streams.ts";
import type { Principal } from "../../../domain/mod.ts";
import { LimitError, StreamClosedError } from "../../../schema/mod.ts";

const principalOf = (keyId: string): Principal => (
  { tenantId: "acme", keyId, name: keyId, role: "viewer" }
);

const yes = () => Promise.resolve(true);

Deno.test("a key may have so many streams open, and more once some have ended", () => {
  const registry = new StreamRegistry(yes);
  const open = (keyId: string) => registry.openStream(principalOf(keyId), new AbortController());
  const releases = Array.from({ length: STREAMS_PER_KEY_MAX }, () => open("a"));
  assertThrows(() => open("a"), LimitError, "STREAMS_PER_KEY_MAX");
  const other = open("b");
  // Twice released is once ended.
  releases[0]();
  releases[0]();
  const again = open("a");
  assertThrows(() => open("a"), LimitError);
  for (const release of [...releases, other, again]) release();
});

Deno.test("what is open under a key ends when the key does, and other keys' does not", async () => {
  const registry = new StreamRegistry(({ keyId }) => Promise.resolve(keyId !== "revoked"));
  const revoked = new AbortController();
  const valid = new AbortController();
  const releases = [
    registry.watch(principalOf("revoked"), revoked),
    registry.openStream(principalOf("valid"), valid),
  ];
  await new Promise((resolve) => setTimeout(resolve, KEY_RECHECK_MS + 200));
  assert(revoked.signal.reason instanceof StreamClosedError);
  assertEquals(revoked.signal.reason.code, "UNAUTHENTICATED");
  assertEquals(valid.signal.aborted, false);
  for (const release of releases) release();
});

Deno.test("a database that does not answer ends nothing", async () => {
  const registry = new StreamRegistry(() => Promise.reject(new Error("no answer")));
  const controller = new AbortController();
  const release = registry.watch(principalOf("a"), controller);
  await new Promise((resolve) => setTimeout(resolve, KEY_RECHECK_MS + 200));
  assertEquals(controller.signal.aborted, false);
  release();
});

Deno.test("everything ends when the process goes down", () => {
  const registry = new StreamRegistry(yes);
  const controllers = ["a", "b"].map((keyId) => {
    const controller = new AbortController();
    registry.openStream(principalOf(keyId), controller);
    return controller;
  });
  registry.close();
  for (const { signal } of controllers) assertEquals(signal.reason.code, "GOING_DOWN");
});
