import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeSampleFolder } from "./sample_folder.ts";

const SCRIPT = new URL("../../../scripts/evaluate.ts", import.meta.url).pathname;

async function run(...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "--allow-write", SCRIPT, "--", ...args],
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the task prints a table, and one JSON value where it is asked for", async () => {
  const folder = await makeSampleFolder({ labelled: true });
  try {
    const { code, stdout, stderr } = await run("--data", folder.path, "--json", "--seed", "3");
    assertEquals(code, 0);
    const { algorithm, seed, collections, peakRssMb } = JSON.parse(stdout);
    assertEquals([algorithm, seed, peakRssMb > 0], ["default", 3, true]);
    assertEquals(
      collections.map(({ collection }: { collection: string }) => collection),
      ["load", "pump", "records", "servers"],
    );
    assertMatch(stderr, /^ +load +pump +records +servers$/m);
    for (const measure of ["nab_standard_best", "vus_pr", "far", "incident_f1", "µs / row"]) {
      assertStringIncludes(stderr, measure);
    }
  } finally {
    await folder.remove();
  }
});

Deno.test("the task says what it needs when it is called without a folder", async () => {
  const { code, stderr } = await run();
  assertEquals([code, stderr], [2, "Cannot evaluate without --data DIR\n"]);
});
