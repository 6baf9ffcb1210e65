import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const SCRIPT = new URL("../../../scripts/validate.ts", import.meta.url).pathname;

async function run(...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", SCRIPT, "--", ...args],
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function withFiles(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-validate-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Twenty rows, of which the first so many have a memory of 120 %. */
function telemetry(violating: number): string {
  const rows = Array.from(
    { length: 20 },
    (_, row) =>
      `2026-01-05 00:${String(row).padStart(2, "0")}:00,50,${row < violating ? 120 : 40},1e6`,
  );
  return ["timestamp,cpu_usage,memory_usage,network_io", ...rows, ""].join("\n");
}

Deno.test("a file at 5 % passes with 0, one row more fails with 1", () =>
  withFiles({ "good.csv": telemetry(1), "bad.csv": telemetry(2) }, async (folder) => {
    const good = await run(`${folder}/good.csv`, "--json");
    assertEquals(good.code, 0);
    const report = JSON.parse(good.stdout);
    assertEquals([report.passed, report.rows, report.violationShare], [true, 20, 0.05]);
    assertEquals(report.examples, [{ kind: "range", column: "memory", line: 2, cell: "120" }]);
    assertStringIncludes(good.stderr, "PASS: 1 of 20 rows (5 %)");
    const bad = await run(`${folder}/bad.csv`);
    assertEquals(bad.code, 1);
    assertStringIncludes(bad.stdout, "FAIL: 2 of 20 rows (10 %)");
  }));

Deno.test("a contract of one's own is held, and the one that ships can be printed", () =>
  withFiles({
    "data.csv": "at;flow\n2026-01-05T00:00:00Z;0\n2026-01-05T00:01:00Z;1\n",
    "contract.json": JSON.stringify({
      name: "plant",
      columns: [{ name: "flow", range: { min: 0, minOpen: true } }],
      violationShareMax: 0.4,
    }),
  }, async (folder) => {
    const { code, stdout } = await run(
      `${folder}/data.csv`,
      "--contract",
      `${folder}/contract.json`,
    );
    assertEquals(code, 1);
    assertStringIncludes(stdout, '1 of 2 rows (50 %) violate contract "plant", 40 % may');
    const printed = await run("--print-contract");
    assertEquals([printed.code, JSON.parse(printed.stdout).name], [0, "host"]);
  }));

Deno.test("the task is not to be run without a file, with what is none or a wrong contract", () =>
  withFiles({ "empty.csv": "", "wrong.json": '{"columns": []}' }, async (folder) => {
    for (
      const { args, part } of [
        { args: [], part: "0 files: one is wanted" },
        { args: [`${folder}/none.csv`], part: "there is no such file" },
        { args: [`${folder}/empty.csv`], part: "it is empty" },
        { args: ["x.csv", "--contract", `${folder}/wrong.json`], part: "columns must be" },
        { args: ["x.csv", "--contract", `${folder}/none.json`], part: "none.json" },
      ]
    ) {
      const { code, stdout, stderr } = await run(...args);
      assertEquals([code, stdout], [2, ""]);
      assert(stderr.includes(part), stderr);
    }
  }));
