import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const SCRIPT = new URL("../../../scripts/synthetic.ts", import.meta.url).pathname;
const SMALL = ["--seed", "4", "--devices", "1", "--days", "18", "--training", "7"];

async function run(...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "--allow-write", SCRIPT, "--", ...args],
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the task prints tables, and one JSON value where it is asked for", async () => {
  const { code, stdout, stderr } = await run(...SMALL, "--json");
  assertEquals(code, 0);
  const { watched, deviceCount, seeds, mean } = JSON.parse(stdout);
  assertEquals([watched, deviceCount, seeds.length, seeds[0].seed], ["default", 1, 1, 4]);
  assertEquals(seeds[0].all, mean.all);
  assertEquals(Object.keys(mean.kinds).length, 7);
  assertStringIncludes(stderr, "false-positive rate");
  assertMatch(stderr, /^pattern_break +1 /m);
});

Deno.test("a check fails where little is found", async () => {
  const { code, stdout } = await run(...SMALL, "--check", "--algorithm", "flatline");
  assertEquals(code, 1);
  assertMatch(stdout, /^The mean F1 0\.\d+ is below 0\.85$/m);
});

for (
  const { args, part } of [
    { args: ["--days", "12", "--training", "5"], part: "days must be an integer in [16, 3660]" },
    { args: ["--algorithm", "stl", "--preset", "soti"], part: "--algorithm and --preset both" },
  ]
) {
  Deno.test(`the task is not to be run with ${args.join(" ")}`, async () => {
    const { code, stderr } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, part);
  });
}
