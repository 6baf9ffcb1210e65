import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { evaluate, type EvaluateOptions } from "../../../scripts/evaluate/run.ts";
import { UsageError } from "../../../scripts/kit/mod.ts";
import { makeSampleFolder } from "./sample_folder.ts";

const OPTIONS: Omit<EvaluateOptions, "data"> = {
  collections: undefined,
  out: undefined,
  seed: 1,
  algorithm: "default",
  nowMs: () => 0,
  onScored: () => {},
};

/** Text of every score file below a folder, by its path. */
async function scoreFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const collection of Deno.readDir(folder)) {
    for await (const { name } of Deno.readDir(`${folder}/${collection.name}`)) {
      const path = `${collection.name}/${name}`;
      files[path] = await Deno.readTextFile(`${folder}/${path}`);
    }
  }
  return files;
}

Deno.test("evaluate finds kinds by files and labels, scores all and measures what is labelled", async () => {
  const folder = await makeSampleFolder({ labelled: true });
  try {
    const results = await evaluate({ ...OPTIONS, data: folder.path });
    const told = results.map(({ collection, kind, series, rows, cells }) => ({
      collection,
      kind,
      series,
      rows,
      cells,
    }));
    assertEquals(told, [
      { collection: "load", kind: "stream", series: 1, rows: 700, cells: 700 },
      { collection: "pump", kind: "prefix", series: 1, rows: 700, cells: 1400 },
      { collection: "records", kind: "tabular", series: 1, rows: 300, cells: 600 },
      { collection: "servers", kind: "pair", series: 1, rows: 800, cells: 1600 },
    ]);
    const figures = Object.fromEntries(results.map((one) => [one.collection, one.figures]));
    assert(figures.load.nab_standard_best! > 50);
    assertEquals([figures.records.auc, figures.records.ap], [1, 1]);
    assert(figures.pump.auc! > 0.9 && figures.servers.auc! > 0.9);
    assert("vus_pr" in figures.servers && "far" in figures.pump);
    assert(!("nab_standard_best" in figures.servers) && !("vus_pr" in figures.records));
  } finally {
    await folder.remove();
  }
});

Deno.test("evaluate writes the same score files with labels or without, and the same each time", async () => {
  const labelled = await makeSampleFolder({ labelled: true });
  const bare = await makeSampleFolder({ labelled: false });
  const outs = [labelled, bare, labelled].map(({ path }, index) => ({
    data: path,
    out: `${path}/out${index}`,
  }));
  try {
    const written: Record<string, string>[] = [];
    for (const { data, out } of outs) {
      const results = await evaluate({
        ...OPTIONS,
        data,
        out,
        collections: ["load", "pump", "records", "servers"],
      });
      if (data === bare.path) assertEquals(results.map(({ figures }) => figures), [{}, {}, {}, {}]);
      written.push(await scoreFiles(out));
    }
    assertEquals(written[1], written[0]);
    assertEquals(written[2], written[0]);
    const lines = Object.fromEntries(
      Object.entries(written[0]).map(([path, text]) => [path, text.trimEnd().split("\n")]),
    );
    const counts = Object.entries(lines).map(([path, text]) => [path, text.length - 1]).sort();
    assertEquals(counts, [
      ["load/web.csv", 700],
      ["pump/one.csv", 300],
      ["records/cards.csv", 300],
      ["servers/a.csv", 400],
    ]);
    for (const text of Object.values(lines)) {
      assertEquals(text[0], "score,alert");
      const rows = text.slice(1).map((line) => line.split(",").map(Number));
      assert(
        rows.every(([score, alert]) => Number.isFinite(score) && (alert === 0 || alert === 1)),
      );
    }
  } finally {
    await labelled.remove();
    await bare.remove();
  }
});

Deno.test("evaluate leaves out and names a series that the labels do not name", async () => {
  const folder = await makeSampleFolder({ labelled: true });
  try {
    await Deno.copyFile(`${folder.path}/load/web.csv`, `${folder.path}/load/normal.csv`);
    const [result] = await evaluate({ ...OPTIONS, data: folder.path, collections: ["load"] });
    assertEquals([result.series, result.skipped], [1, ["normal"]]);
  } finally {
    await folder.remove();
  }
});

Deno.test("evaluate refuses folders and collections that are not there", async () => {
  const folder = await makeSampleFolder({ labelled: true });
  try {
    const { path } = folder;
    await assertRejects(
      () => evaluate({ ...OPTIONS, data: `${path}/none` }),
      UsageError,
      "no such",
    );
    const wanted = { ...OPTIONS, data: path, collections: ["none"] };
    await assertRejects(() => evaluate(wanted), UsageError, 'collection "none"');
    const empty = { ...OPTIONS, data: `${path}/load` };
    await assertRejects(() => evaluate(empty), UsageError, "no folder in it has CSV files");
  } finally {
    await folder.remove();
  }
});

Deno.test("evaluate refuses labels of other rows", async () => {
  const folder = await makeSampleFolder({ labelled: true });
  try {
    const wrong = JSON.stringify({ web: { rows: 699, windows: [] } });
    await Deno.writeTextFile(`${folder.path}/load/labels.json`, wrong);
    const options = { ...OPTIONS, data: folder.path, collections: ["load"] };
    await assertRejects(() => evaluate(options), UsageError, "has 700 rows, its labels are of 699");
  } finally {
    await folder.remove();
  }
});

const SMALL_SERIES = [
  { collection: "nab", series: "realTraffic__speed_7578", files: ["realTraffic__speed_7578"] },
  { collection: "skab", series: "other_1", files: ["other_1"] },
  { collection: "asd", series: "omi-8", files: ["omi-8.train", "omi-8.test"] },
  { collection: "adbench", series: "wine", files: ["wine"] },
] as const;

const realData = Deno.env.get("TREELINE_TEST_DATA");
if (!realData) {
  console.log("tests/scripts/evaluate: real series skipped, as TREELINE_TEST_DATA names no folder");
}

Deno.test({ name: "evaluate measures a real series of each kind", ignore: !realData }, async () => {
  const data = await Deno.makeTempDir({ prefix: "treeline-evaluate-" });
  try {
    for (const { collection, series, files } of SMALL_SERIES) {
      const labels = JSON.parse(await Deno.readTextFile(`${realData}/${collection}/labels.json`));
      await Deno.mkdir(`${data}/${collection}`);
      const own = JSON.stringify({ [series]: labels[series] });
      await Deno.writeTextFile(`${data}/${collection}/labels.json`, own);
      for (const file of files) {
        const name = `${collection}/${file}.csv.gz`;
        await Deno.copyFile(`${realData}/${name}`, `${data}/${name}`);
      }
    }
    const results = await evaluate({ ...OPTIONS, data, algorithm: "plain" });
    const figures = Object.fromEntries(results.map((one) => [one.collection, one]));
    assertEquals(results.map(({ kind }) => kind), ["tabular", "pair", "stream", "prefix"]);
    // What scikit-learn's forest gives on this series, within the spread of its seeds.
    assertAlmostEquals(figures.adbench.figures.auc!, 0.8, 0.15);
    assert(Number.isFinite(figures.nab.figures.nab_standard_best));
    assert(figures.skab.figures.ap! > 0 && figures.asd.figures.vus_pr! > 0);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
