import { assert, assertEquals } from "@std/assert";
import { runCut } from "./cut_loop.ts";

Deno.test("X3: ten minutes without a gateway and five kills of the edge change nothing in the end", async () => {
  const report = await runCut({ seconds: 600, kills: 5, seed: 3, outboxMb: 512 });
  const { points, anomalies, incidents, seriesWrong, anomaliesWrong, incidentsWrong } = report;
  assertEquals({ seriesWrong, anomaliesWrong, incidentsWrong }, {
    seriesWrong: 0,
    anomaliesWrong: 0,
    incidentsWrong: 0,
  });
  assert(points >= 600_000 && anomalies > 100 && incidents > 20, JSON.stringify(report));
});
