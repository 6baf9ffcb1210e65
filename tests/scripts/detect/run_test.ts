import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { detectionCsv, detectionJson } from "../../../scripts/detect/export.ts";
import { detectionText } from "../../../scripts/detect/text.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";
import type { Algorithm, Fitted, Scorer } from "../../../scoring/algorithm/mod.ts";
import { distance } from "./distance.ts";
import { detectIn, payments, pump, rowsOf } from "./samples.ts";

Deno.test("records without time are judged each by itself, by numbers and categories", async () => {
  const detection = await detectIn({ data: payments() });
  assertEquals([detection.algorithm, detection.reason], ["distance", "there is no time column"]);
  assertEquals(detection.anomalies[0].row, 300);
  const [{ score, threshold, severity, line, contributions }] = detection.anomalies;
  assertEquals(line, 302);
  assert(score > threshold && threshold === detection.threshold);
  assert(severity !== "LOW", severity);
  assertEquals(contributions[0].column, "amount");
  assertEquals(contributions[0].value, 900);
  assertAlmostEquals(contributions[0].expected as number, 60, 2);
  assertEquals(contributions[1], { ...contributions[1], column: "country", value: "XX" });
  assert(["AT", "DE"].includes(contributions[1].expected as string));
});

Deno.test("several metrics over time are judged by their first rows", async () => {
  const detection = await detectIn({ data: pump() });
  assertEquals([detection.algorithm, detection.prefixRows], ["level_shift", 300]);
  assertEquals([detection.anomalyCount, detection.findings.judgedRows], [1, 600]);
  const [{ row, lastRow, time, contributions }] = detection.anomalies;
  assert(row >= 600 && row <= 605, `${row}`);
  assert(lastRow >= 649 && lastRow <= 660, `${lastRow}`);
  assertEquals(time, `2026-01-05T10:10:0${row - 600}.000Z`);
  assertEquals(contributions[0].column, "flow");
});

Deno.test("a file to train on leaves every row to be judged", async () => {
  const detection = await detectIn({ data: pump(), train: pump(400) });
  assertEquals([detection.prefixRows, detection.trainingRows], [0, 400]);
  assertEquals([detection.anomalyCount, detection.findings.judgedRows], [1, 900]);
});

Deno.test("columns of a file to train on are found by their names", async () => {
  const turned = payments().split("\n").map((line) => line.split(",").reverse().join(",")).join(
    "\n",
  );
  const plain = await detectIn({ data: payments(), train: payments(200) });
  const other = await detectIn({
    data: turned,
    train: payments(200),
    detector: { algorithm: "distance", columns: ["amount", "country"] },
  });
  assertEquals(
    other.anomalies.map(({ score }) => score),
    plain.anomalies.map(({ score }) => score),
  );
});

Deno.test("a category that was never trained on is scored", async () => {
  const detection = await detectIn({ data: payments(), train: payments(200) });
  assertEquals(
    detection.anomalies[0].contributions.find(({ column }) => column === "country")?.value,
    "XX",
  );
});

Deno.test("missing and infinite values are passed over and counted", async () => {
  const lines = payments().split("\n");
  lines[10] = ",AT";
  lines[11] = "NaN,";
  lines[12] = "inf,DE";
  const detection = await detectIn({ data: lines.join("\n") });
  assert(rowsOf(detection.anomalies).includes(300));
  assertEquals(detection.table.columns[0], {
    ...detection.table.columns[0],
    missing: 2,
    infinite: 1,
  });
  assertEquals(detection.notes, ["Infinite values are in: amount"]);
});

Deno.test("a contamination makes that share of the training rows anomalies", async () => {
  const { anomalyCount } = await detectIn({ data: payments(), detector: { contamination: 0.1 } });
  assertEquals(anomalyCount, 50);
});

Deno.test("a threshold of a detector file is the one in force", async () => {
  const detector = { algorithm: "distance", threshold: 0.9 };
  const { threshold, anomalies } = await detectIn({ data: payments(), detector });
  assertEquals(threshold, 0.9);
  assert(anomalies.every(({ score }) => score > 0.9));
});

Deno.test("only the worst anomalies are listed, the worst first, and all are counted", async () => {
  const detector = { contamination: 0.1 };
  const all = await detectIn({ data: payments(), detector });
  const few = await detectIn({ data: payments(), detector, top: 3 });
  assertEquals([few.anomalyCount, few.anomalies], [50, all.anomalies.slice(0, 3)]);
  const scores = all.anomalies.map(({ score }) => score);
  assertEquals(scores, scores.toSorted((left, right) => right - left));
  assert(all.anomalies.every(({ contributions }) => contributions.length > 0));
});

Deno.test("the first rows to train on can be told", async () => {
  const { prefixRows } = await detectIn({ data: pump(), trainRows: 100 });
  assertEquals(prefixRows, 100);
});

Deno.test("columns that are not asked for are left out", async () => {
  const detector = { algorithm: "level_shift", columns: ["current"] };
  const { columns, anomalyCount } = await detectIn({ data: pump(), detector });
  assertEquals([columns, anomalyCount], [["current"], 0]);
});

Deno.test("rows without time may be judged in their order, and a note says so", async () => {
  const lines = pump().split("\n").map((line) => line.slice(line.indexOf(",") + 1));
  const detector = { algorithm: "level_shift" };
  const { anomalyCount, anomalies, notes } = await detectIn({ data: lines.join("\n"), detector });
  assertEquals([anomalyCount, anomalies[0].time], [1, null]);
  assertEquals(notes, ["There is no time column: rows are taken in the order of the file"]);
});

Deno.test("the same file and seed give the same findings", async () => {
  const told = async () => detectionCsv(await detectIn({ data: payments(), seed: 5 }));
  assertEquals(await told(), await told());
});

/** A learner whose score is how many rows it has seen. */
function counter(seen: number): Fitted {
  const open = (): Scorer => {
    let count = seen;
    return { push: () => ++count, explain: () => new Float64Array(2) };
  };
  return {
    columnCount: 2,
    lookbackRows: Infinity,
    scale: "absolute",
    alerts: { threshold: 890, release: 890 },
    open,
    scoreBatch({ rowCount }) {
      const scorer = open();
      return Float64Array.from({ length: rowCount }, () => scorer.push(new Float32Array(2)));
    },
    serialize: () => new Uint8Array(),
  };
}

Deno.test("a learner is given each row once, those of its training included", async () => {
  const learner: Algorithm = {
    ...distance,
    name: "learner",
    input: "series",
    isLearner: true,
    parameters: {},
    fit: ({ rowCount }) => counter(rowCount),
  };
  const detection = await detectIn({ data: pump(), algorithms: [learner] });
  assertEquals([detection.prefixRows, detection.anomalousRows], [300, 10]);
  assertEquals(detection.anomalies[0].lastRow, 899);
});

for (
  const [what, sample, found] of [
    ["an algorithm that is unknown", { detector: { algorithm: "magic" } }, "known are distance"],
    ["a column that is not there", { detector: { columns: ["nope"] } }, '"nope"'],
    ["a training file without a column", { train: "amount\n1\n2\n" }, 'no column "country"'],
    [
      "texts where the training file has numbers",
      { train: "amount,country\n1,1\n2,2\n" },
      'column "country" is of numbers',
    ],
    ["parameters out of range", { detector: { parameters: { power: 5 } } }, "power"],
  ] as const
) {
  Deno.test(`detection refuses ${what}`, async () => {
    await assertRejects(() => detectIn({ data: payments(), ...sample }), UsageError, found);
  });
}

Deno.test("a table tells anomalies with their rows, times and parts", async () => {
  const text = detectionText(await detectIn({ data: pump() }));
  assert(text.includes("Algorithm level_shift, as there are several metrics over time"), text);
  assert(text.includes("1 anomaly over"), text);
  assert(/2026-01-05T10:10:0\d\.000Z .*flow 2\d/.test(text), text);
});

Deno.test("JSON tells the facts and the anomalies", async () => {
  const detection = await detectIn({ data: pump() });
  const { anomalyCount, anomalies, timeColumn, missing, parameters, ...rest } = JSON.parse(
    JSON.stringify(detectionJson(detection)),
  );
  assertEquals([anomalyCount, anomalies.length, timeColumn], [1, 1, "timestamp"]);
  assertEquals(missing, { timestamp: 0, flow: 0, current: 0 });
  assertEquals(parameters.window_rows, 10);
  assertEquals([rest.rows, rest.judgedRows, rest.seed], [900, 600, 1]);
  assertEquals([rest.findings, rest.table], [undefined, undefined]);
});

Deno.test("CSV holds no cell that a spreadsheet would run", async () => {
  const data = payments().replace("900,XX", '900,"=cmd(""x""),1"');
  const [header, first] = detectionCsv(
    await detectIn({
      data,
      detector: { algorithm: "distance", columns: ["country"], contamination: 0.01 },
    }),
  ).split("\n");
  assertEquals(header.split(",").length, 12);
  assert(first.includes(`"'=cmd(""x""),1"`), first);
});
