import { assertEquals, assertRejects } from "@std/assert";
import { edgeSettingsText } from "../../api/edge_config.ts";
import { ConfigError } from "../../api/environment.ts";
import { sharedOptions } from "../../deploy/settings.ts";

/** What a worker has no use for: workerd listens, an object is its folder, and it takes no sources. */
const OF_PROCESSES = [
  "TREELINE_EDGE_DATA",
  "TREELINE_EDGE_HOST",
  "TREELINE_EDGE_PORT",
  "TREELINE_SOURCES",
];

Deno.test("workerd's configuration hands on every setting that a worker has a use for", async () => {
  const config = await Deno.readTextFile(
    new URL("../../deploy/workerd/config.capnp", import.meta.url),
  );
  const handedOn = [...config.matchAll(/fromEnvironment = "(\w+)"/g)].map(([, name]) => name);
  const settings = [...edgeSettingsText().matchAll(/^ *(TREELINE_\w+)/gm)].map(([, name]) => name);
  const wanted = settings.filter((name) => !OF_PROCESSES.includes(name));
  assertEquals(handedOn.toSorted(), wanted.toSorted());
});

Deno.test("an edge of another runtime than Deno refuses sources by their name", async () => {
  const env = (name: string) => name === "TREELINE_SOURCES" ? "sources.json" : undefined;
  await assertRejects(() => sharedOptions(env), ConfigError, "TREELINE_SOURCES");
});
