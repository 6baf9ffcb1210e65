import { assertEquals, assertRejects } from "@std/assert";
import { createModelCache, LruMap } from "../../../scoring/edge/mod.ts";
import { openWorld } from "./world.ts";

const { model } = await openWorld();

Deno.test("a model is opened once for all who ask at the same moment", async () => {
  let opened = 0;
  const open = createModelCache(() => (opened++, Promise.resolve(model)));
  await Promise.all([open("a"), open("a"), open("b")]);
  assertEquals(opened, 2);
});

Deno.test("a model that could not be opened is tried again", async () => {
  let fails = true;
  const open = createModelCache(() =>
    fails ? Promise.reject(new Error("away")) : Promise.resolve(model)
  );
  await assertRejects(async () => await open("a"), Error, "away");
  fails = false;
  assertEquals(await open("a"), model);
});

Deno.test("a full map forgets what was used longest ago", () => {
  const map = new LruMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.get("a");
  map.set("c", 3);
  assertEquals([map.keys(), map.get("b"), map.size], [["a", "c"], undefined, 2]);
});

Deno.test("a model that is open is there at once", async () => {
  const open = createModelCache(() => Promise.resolve(model));
  await open("a");
  assertEquals(open("a"), model);
});

Deno.test("a map knows the order of use when the newest is asked for, deleted and set again", () => {
  const map = new LruMap<string, number>(3);
  for (const key of ["a", "b", "c"]) map.set(key, 1);
  map.get("c");
  map.delete("c");
  map.get("b");
  map.set("c", 2);
  map.get("a");
  map.set("d", 3);
  assertEquals(map.keys(), ["c", "a", "d"]);
});

Deno.test("a full map forgets by weight, but keeps what it was given last", () => {
  const map = new LruMap<string, number>(10, (weight) => weight);
  map.set("a", 4);
  map.set("b", 5);
  map.set("b", 6);
  assertEquals(map.keys(), ["a", "b"]);
  map.set("c", 30);
  assertEquals(map.keys(), ["c"]);
});
