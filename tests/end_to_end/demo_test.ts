import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRandom } from "../../scoring/numeric/mod.ts";
import { freePort } from "./gateway_process.ts";
import { runTask, startTask } from "./task_process.ts";

const POINTS = 52_298;
const KILLS = 6;
const LIFE_MS_MAX = 400;
/** Two devices whose series overlap in time, in requests so small that a replay outlasts its kills. */
const FEW = ["--devices", "ec2-fe7f93,rds-cc0c53", "--batch", "5"];

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(`${root}/demo`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("demo replays all series, accounts for every point and answers in JSON", () =>
  withFolder(async (folder) => {
    const { code, stdout, stderr } = await runTask(
      ["demo", "--", "--exit", "--json", "--data", folder, "--port", String(freePort())],
    );
    assertEquals(code, 0, stderr);
    const result = JSON.parse(stdout);
    const { sent, accepted, duplicates, refused } = result.points;
    assertEquals([sent, accepted + duplicates + refused], [POINTS, POINTS]);
    assertEquals(result.windows.total, 28);
    assert(result.peakRssMb < 400, `peak memory ${result.peakRssMb} MB`);
    assert(result.pointsPerSecond > 0 && result.deliveryMs.p50 > 0 && result.deliveryMs.p99 > 0);
    const outside = result.incidents.filter((one: { inWindow: boolean }) => !one.inWindow);
    assertEquals(outside.length, result.incidentsOutside);
    assertEquals(Object.keys(result.incidents[0]), [
      "device",
      "openedAt",
      "lastAt",
      "state",
      "peakScore",
      "severity",
      "topMetric",
      "inWindow",
    ]);
    assertStringIncludes(stderr, "Labelled windows:");
    assertStringIncludes(stderr, "resolved");
  }));

Deno.test(`a demo that is killed ${KILLS} times and kept ends with the incidents of an uncut one`, () =>
  withFolder(async (folder) => {
    const random = createRandom(3);
    const port = String(freePort());
    const run = async (name: string, ...more: string[]) => {
      const args = ["--exit", "--json", "--port", port, "--data", `${folder}-${name}`, ...FEW];
      const { code, stdout, stderr } = await runTask(["demo", ...args, ...more]);
      assertEquals(code, 0, stderr);
      return JSON.parse(stdout);
    };
    const uncut = await run("uncut");
    for (let kills = 0; kills < KILLS; kills++) {
      const args = ["--exit", "--keep", "--port", port, "--data", `${folder}-cut`, ...FEW];
      const demo = startTask("demo", args);
      await demo.waitFor(/^Gateway on/);
      await new Promise((resolve) => setTimeout(resolve, LIFE_MS_MAX * random.nextFloat()));
      demo.kill("SIGKILL");
      await demo.ended;
    }
    const cut = await run("cut", "--keep");
    assertEquals(cut.incidents, uncut.incidents);
    assertEquals(cut.windows, uncut.windows);
    const again = await run("cut", "--keep");
    assertEquals([again.points.sent, again.incidents], [0, uncut.incidents]);
  }));

Deno.test("demo keeps serving after the table, and the lines that it prints work", () =>
  withFolder(async (folder) => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = String(taken.addr.port);
    const demo = startTask("demo", ["--port", port, "--data", folder, "--devices", "nyc-taxi"]);
    try {
      const [, url, shown] = await demo.waitFor(/^Gateway on (http:\S+), as port (\d+) is taken/);
      assertEquals(shown, port);
      await demo.waitFor(/^Ctrl-C/);
      const key = demo.lines.find((line) => line.includes("KEY="))!;
      const curls = demo.lines.filter((line) => line.includes("curl"));
      const [query, subscription, score] = await Promise.all(curls.map((line) => sh(key, line)));
      assert(JSON.parse(query).data.incidents.edges.length > 0, query);
      assertStringIncludes(subscription, "event: next");
      assert(JSON.parse(score).verdicts.at(-1).isAnomaly, score);
      const page = await fetch(`${url}/graphql`, { headers: { accept: "text/html" } });
      assertStringIncludes(await page.text(), "GraphiQL");
    } finally {
      demo.kill("SIGINT");
      taken.close();
    }
    assertEquals(await demo.ended, 0);
  }));

/** Runs a line that the demo printed; a stream is cut after a second. */
async function sh(key: string, line: string): Promise<string> {
  const command = new Deno.Command("sh", { args: ["-c", `${key}; timeout 1 ${line.trim()}`] });
  return new TextDecoder().decode((await command.output()).stdout);
}

Deno.test("demo does not touch a folder that it has not made", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/treeline.db`, "precious");
    const { code, stderr } = await runTask(["demo", "--exit", "--data", folder]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "no demo has made");
    assertEquals(await Deno.readTextFile(`${folder}/treeline.db`), "precious");
  }));
