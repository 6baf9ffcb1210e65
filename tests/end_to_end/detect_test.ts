import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withFiles } from "../scripts/detect/files.ts";
import { pump } from "../scripts/detect/samples.ts";
import { runTask } from "./task_process.ts";

Deno.test("deno task detect tells what it found as a table, JSON, CSV and HTML", () =>
  withFiles({ "pump.csv": pump() }, async (pathOf) => {
    const detect = (...args: string[]) =>
      runTask(["detect", "--", "--data", pathOf("pump.csv"), ...args]);

    const table = await detect();
    assertEquals(table.code, 0, table.stderr);
    assertStringIncludes(table.stdout, "1 anomaly over");

    const json = await detect("--json");
    const { anomalyCount, algorithm, anomalies } = JSON.parse(json.stdout);
    assertEquals([anomalyCount, algorithm, anomalies[0].contributions[0].column], [
      1,
      "level_shift",
      "flow",
    ]);

    const csv = await detect("--format", "csv");
    assertEquals(csv.stdout.trim().split("\n").length, 2);

    const html = await detect("--format", "html", "--output", pathOf("report.html"));
    assertEquals(html.code, 0, html.stderr);
    assert((await Deno.readTextFile(pathOf("report.html"))).startsWith("<!doctype html>"));
  }));

Deno.test("deno task detect takes a detector file", () =>
  withFiles(
    { "pump.csv": pump(), "d.json": '{"algorithm":"level_shift","parameters":{"window_rows":5}}' },
    async (pathOf) => {
      const { code, stdout } = await runTask(
        ["detect", "--", "--data", pathOf("pump.csv"), "--detector", pathOf("d.json"), "--json"],
      );
      assertEquals([code, JSON.parse(stdout).parameters.window_rows], [0, 5]);
    },
  ));

Deno.test("deno task detect lists the algorithms", async () => {
  const { code, stdout } = await runTask(["detect", "--", "--algorithm", "list"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "level_shift");
});

for (
  const [what, args, found] of [
    ["no data", [], "--data"],
    ["a file that is not there", ["--data", "no-such.csv"], "no such file"],
    ["HTML without a file to write", ["--data", "a.csv", "--format", "html"], "--output"],
    [
      "a contamination above a half",
      ["--data", "a.csv", "--contamination", "2"],
      "--contamination",
    ],
    [
      "a detector and an algorithm",
      ["--data", "a.csv", "--detector", "d.json", "--algorithm", "x"],
      "--detector",
    ],
    [
      "two ways to train",
      ["--data", "a.csv", "--train", "b.csv", "--train-rows", "5"],
      "--train-rows",
    ],
    ["an unknown flag", ["--no-such-flag"], "--no-such-flag"],
  ] as const
) {
  Deno.test(`deno task detect refuses ${what} with exit code 2`, async () => {
    const { code, stdout, stderr } = await runTask(["detect", "--", ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, found);
  });
}

Deno.test("deno task detect takes the custom algorithm of the documentation", () =>
  withFiles({ "pump.csv": pump() }, async (pathOf) => {
    const module = new URL("../../docs/examples/nearest_mean.ts", import.meta.url).pathname;
    const args = ["--data", pathOf("pump.csv"), "--algorithm-module", module];
    const found = await runTask(["detect", "--", ...args, "--algorithm", "nearest_mean", "--json"]);
    assertEquals([found.code, JSON.parse(found.stdout).algorithm], [0, "nearest_mean"]);
    const listed = await runTask(["detect", "--", ...args, "--algorithm", "list"]);
    assertStringIncludes(listed.stdout, "nearest_mean");
  }));

Deno.test("deno task detect exits 3 for a custom algorithm that cannot be had", async () => {
  const args = ["--data", "a.csv", "--algorithm-endpoint", "http://169.254.169.254/latest"];
  const { code, stderr } = await runTask(["detect", "--", ...args]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "not public");
});
