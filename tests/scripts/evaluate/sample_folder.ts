import { createRandom } from "../../../scoring/numeric/mod.ts";

/** A small folder with a collection of each kind, made from a seed. */
export interface SampleFolder {
  readonly path: string;
  remove(): Promise<void>;
}

const STREAM_ROWS = 700;
const PAIR_ROWS = 400;
const START = Date.UTC(2026, 0, 5);

/** Labels of the collections, as labels.json has them. */
const LABELS: Readonly<Record<string, unknown>> = {
  load: { web: { rows: STREAM_ROWS, windows: [[600, 619]] } },
  pump: { one: { rows: STREAM_ROWS, train_rows: 400, ranges: [[600, 619]], changepoints: [600] } },
  servers: { a: { train_rows: PAIR_ROWS, rows: PAIR_ROWS, ranges: [[200, 219]] } },
  records: { cards: { rows: 300, rows_in_origin: 300, anomalies: [10, 299] } },
};

export async function makeSampleFolder({ labelled }: { labelled: boolean }): Promise<SampleFolder> {
  const path = await Deno.makeTempDir({ prefix: "treeline-evaluate-" });
  const random = createRandom(7);
  const noise = (rows: number, wild: (row: number) => boolean, columns = 2) =>
    Array.from(
      { length: rows },
      (_, row) => Array.from({ length: columns }, () => (wild(row) ? 5 : 0) + random.nextFloat()),
    );
  await write(path, "load/web.csv", [
    "timestamp,value",
    ...noise(STREAM_ROWS, (row) => row >= 600 && row < 620, 1).map((cells, row) =>
      `${timeText(START + row * 300_000)},${cells}`
    ),
  ]);
  await write(path, "pump/one.csv.gz", [
    "timestamp,flow,pressure",
    ...noise(STREAM_ROWS, (row) => row >= 600 && row < 620).map((cells, row) =>
      `${timeText(START + row * 1000)},${cells}`
    ),
  ]);
  await write(path, "servers/a.train.csv", ["m0,m1", ...noise(PAIR_ROWS, () => false).map(String)]);
  const isWild = (row: number) => row >= 200 && row < 220;
  await write(path, "servers/a.test.csv", ["m0,m1", ...noise(PAIR_ROWS, isWild).map(String)]);
  const isOdd = (row: number) => row === 10 || row === 299;
  await write(path, "records/cards.csv", ["f0,f1", ...noise(300, isOdd).map(String)]);
  for (const [collection, labels] of Object.entries(labelled ? LABELS : {})) {
    await Deno.writeTextFile(`${path}/${collection}/labels.json`, JSON.stringify(labels));
  }
  return { path, remove: () => Deno.remove(path, { recursive: true }) };
}

function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

async function write(folder: string, file: string, lines: readonly string[]): Promise<void> {
  await Deno.mkdir(`${folder}/${file.split("/")[0]}`, { recursive: true });
  const bytes = new Blob([lines.join("\n") + "\n"]).stream();
  const body = file.endsWith(".gz") ? bytes.pipeThrough(new CompressionStream("gzip")) : bytes;
  await Deno.writeFile(`${folder}/${file}`, body);
}
