import { assertEquals } from "@std/assert";
import type { TenantDb } from "../../../domain/mod.ts";
import type { Context } from "../../../schema/core/context.ts";
import { KNOWN_ROWS_MAX, type KnownRows, loadKnown } from "../../../schema/core/known_rows.ts";

function contextOf(knownRows?: KnownRows): Context {
  return { tenant: {}, stream: { knownRows } } as unknown as Context;
}

/** Says which ids are asked for; a row has its id and the number of its reading. */
function createReader() {
  const asked: string[][] = [];
  const load = (_tenant: TenantDb, ids: readonly string[]) => {
    asked.push([...ids]);
    return Promise.resolve(ids.map((id) => id === "none" ? undefined : `${id}${asked.length}`));
  };
  return { asked, load };
}

Deno.test("a stream reads a row once, also one that is not there", async () => {
  const { asked, load } = createReader();
  const context = contextOf(new Map());
  assertEquals(await loadKnown(context, ["a", "none"], load), ["a1", undefined]);
  assertEquals(await loadKnown(context, ["none", "a"], load), [undefined, "a1"]);
  assertEquals(await loadKnown(context, ["a", "b"], load), ["a2", "b2"]);
  assertEquals(asked, [["a", "none"], ["a", "b"]]);
});

Deno.test("rows of two kinds are told apart", async () => {
  const context = contextOf(new Map());
  const [one, other] = [createReader(), createReader()];
  await loadKnown(context, ["a"], one.load);
  await loadKnown(context, ["a"], other.load);
  assertEquals([one.asked, other.asked], [[["a"]], [["a"]]]);
});

Deno.test("what changes while a row is read is read again", async () => {
  const known: KnownRows = new Map();
  const context = contextOf(known);
  const { asked, load } = createReader();
  const reading = loadKnown(context, ["a"], load);
  known.clear();
  await reading;
  assertEquals(await loadKnown(context, ["a"], load), ["a2"]);
  assertEquals(asked.length, 2);
});

Deno.test("a request that is no stream reads each time", async () => {
  const { load } = createReader();
  assertEquals(await loadKnown(contextOf(), ["a"], load), ["a1"]);
  assertEquals(await loadKnown(contextOf(), ["a"], load), ["a2"]);
});

Deno.test("a stream forgets rows when they are too many", async () => {
  const { asked, load } = createReader();
  const context = contextOf(new Map());
  await loadKnown(context, ["first"], load);
  const many = Array.from({ length: KNOWN_ROWS_MAX }, (_, index) => `${index}`);
  await loadKnown(context, many, load);
  await loadKnown(context, ["first"], load);
  assertEquals(asked.map(({ length }) => length), [1, KNOWN_ROWS_MAX, 1]);
});
