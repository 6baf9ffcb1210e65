import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  isForestSection,
  type Model,
  type NormalRow,
  scoreVectors,
  type Verdict,
} from "../../../scoring/detect/mod.ts";
import { shapRow } from "../../../scoring/forest/mod.ts";
import {
  SCORE_ANSWER_EXAMPLE,
  SCORE_REQUEST_EXAMPLES,
} from "../../../scoring/edge/http/explain/mod.ts";
import { scoreAnswerSchema, scoreRequestSchema } from "../../../scoring/edge/http/schemas.ts";
import { post, testEdge } from "./kit.ts";
import { fitCalmDay, minutes, SETTING as FITTED } from "./world.ts";

/** Flags more than the fitted threshold does. */
const SETTING = { ...FITTED, thresholds: { any: 0.6 } };

type Told = Verdict & { readonly counterfactual?: NormalRow | null };

/** What an app that serves this model answers. */
interface Answer {
  readonly status: number;
  readonly verdicts: readonly Told[];
  readonly code?: string;
  readonly field?: string;
  readonly limit?: number;
}

function serving(model: Model, thresholds = SETTING.thresholds) {
  const summary = {
    id: "0".repeat(64),
    label: "v20260601_120000",
    detectorId: SETTING.detectorId,
    detector: "pumps",
    entityId: SETTING.entityId,
    device: "pump-7",
    alias: "production",
  };
  const served = { summary, model, setting: { ...SETTING, thresholds } };
  const { app } = testEdge({
    models: { list: () => Promise.resolve([summary]), find: () => Promise.resolve(served) },
  });
  const ask = async (path: string, body: BodyInit, type: string): Promise<Answer> => {
    const response = await post(app, path, { body, headers: { "content-type": type } });
    return { status: response.status, ...await response.json() };
  };
  return {
    score: (body: Record<string, unknown>) =>
      ask("/v1/score", JSON.stringify({ model: "pumps:production", ...body }), "application/json"),
    scoreRows: (query: string, rows: readonly (readonly number[])[]) =>
      ask(
        `/v1/score?model=pumps:production&${query}`,
        new Uint8Array(Float32Array.from(rows.flat()).buffer),
        "application/octet-stream",
      ),
  };
}

const forest = fitCalmDay();
const { score, scoreRows } = serving(forest);
const oblique = serving(fitCalmDay("extended_isolation_forest"));
const histogram = serving(fitCalmDay("hbos"));

const CALM = [32, 0.5, 1];
const ODD = [50, 25, 1];
const WILD = [90, 58, 25];

Deno.test('POST /v1/score takes explain "path" for true', async () => {
  const byWord = await score({ vectors: [CALM, WILD], explain: "path" });
  assertEquals(byWord.verdicts, (await score({ vectors: [CALM, WILD], explain: true })).verdicts);
  assertEquals(byWord.verdicts.map(({ contributions }) => contributions.length), [3, 3]);
});

Deno.test("POST /v1/score tells exact Shapley values of every row", async () => {
  const { verdicts } = await score({ vectors: [CALM, ODD], explain: "shapley" });
  const [{ forest: trees }] = forest.sections.filter(isForestSection);
  for (const [row, vector] of [CALM, ODD].entries()) {
    const { contributions } = shapRow(trees, Float32Array.from(vector));
    const exact = new Map(
      ["cpu.value", "cpu.delta(1)", "cpu.rollingStd(5)"].map((name, i) => [name, contributions[i]]),
    );
    for (const { feature, pathLength } of verdicts[row].contributions) {
      assertEquals(pathLength, exact.get(feature));
    }
  }
  const byPath = await score({ vectors: [CALM, ODD], explain: "path" });
  const sum = ({ contributions }: Told) =>
    contributions.reduce((total, { pathLength }) => total + pathLength, 0);
  assertAlmostEquals(sum(verdicts[1]), sum(byPath.verdicts[1]), 1e-9);
  assertEquals(verdicts.map((told) => told.score), byPath.verdicts.map((told) => told.score));
});

Deno.test("POST /v1/score tells of flagged rows a change that makes them normal", async () => {
  const { status, verdicts } = await score({ vectors: [CALM, ODD], counterfactual: true });
  const [calm, odd] = verdicts;
  assertEquals([status, calm.isAnomaly, odd.isAnomaly], [200, false, true]);
  assertEquals("counterfactual" in calm, false);
  const { changes, score: told } = odd.counterfactual!;
  assert(changes.length >= 1 && changes.length <= 2);
  const data = Float32Array.from(ODD);
  const names = ["cpu.value", "cpu.delta(1)", "cpu.rollingStd(5)"];
  for (const { feature, metric, from, to } of changes) {
    assertEquals([metric, from], ["cpu", data[names.indexOf(feature)]]);
    data[names.indexOf(feature)] = to;
  }
  const rows = { data, rowCount: 1, columnCount: 3 };
  const [changed] = scoreVectors(forest, "", rows, { setting: SETTING });
  assertEquals([changed.score, changed.isAnomaly], [told, false]);
});

Deno.test("POST /v1/score says null where no change of two features is enough", async () => {
  // Nothing scores as low.
  const never = serving(forest, { any: 0.01 });
  const { verdicts } = await never.score({ vectors: [ODD], counterfactual: true });
  assertEquals([verdicts[0].isAnomaly, verdicts[0].counterfactual], [true, null]);
});

Deno.test("POST /v1/score explains rows of f32 as it does JSON", async () => {
  const rows = [CALM, ODD, WILD];
  const told = await score({ vectors: rows, explain: "shapley", counterfactual: true });
  assertEquals(await scoreRows("explain=shapley&counterfactual=true", rows), told);
  assertEquals(
    await scoreRows("explain=true", rows),
    await score({ vectors: rows, explain: true }),
  );
  assertEquals(
    await scoreRows("explain=false&counterfactual=false", rows),
    await score({ vectors: rows }),
  );
});

Deno.test("POST /v1/score explains buckets of points", async () => {
  const points = minutes(20, { shock: (minute) => minute === 19 ? 60 : 0 })
    .map(({ metric, at, value }) => ({ metric, at, value }));
  const plain = await score({ points });
  const told = await score({ points, explain: "shapley", counterfactual: true });
  const bare = (verdict: Told) => ({ ...verdict, contributions: [], counterfactual: undefined });
  assertEquals(told.verdicts.map(bare), plain.verdicts.map(bare));
  assert(told.verdicts.every(({ contributions }) => contributions.length === 3));
  const last = told.verdicts[told.verdicts.length - 1];
  assert(last.isAnomaly && last.counterfactual!.score <= last.threshold);
});

Deno.test("POST /v1/score finds counterfactuals of oblique splits, and no Shapley values", async () => {
  const { verdicts: [odd] } = await oblique.score({ vectors: [ODD], counterfactual: true });
  assert(odd.isAnomaly && odd.counterfactual!.score <= odd.threshold);
  const refused = await oblique.score({ vectors: [WILD], explain: "shapley" });
  assertEquals([refused.status, refused.code, refused.field], [
    422,
    "EXPLANATION_UNSUPPORTED",
    "explain",
  ]);
});

Deno.test("POST /v1/score explains other models by their own parts alone", async () => {
  const { verdicts } = await histogram.score({ vectors: [WILD], explain: "path" });
  assertEquals(verdicts[0].contributions.map(({ pathLength }) => pathLength), [0, 0, 0]);
  assert(verdicts[0].contributions[0].share > 0);
  for (const [field, asked] of [["explain", "shapley"], ["counterfactual", true]] as const) {
    const refused = await histogram.score({ vectors: [WILD], [field]: asked });
    assertEquals([refused.status, refused.code, refused.field], [
      422,
      "EXPLANATION_UNSUPPORTED",
      field,
    ]);
  }
});

const rowsOf = (count: number) => Array.from({ length: count }, () => CALM);

Deno.test("POST /v1/score limits the rows that it explains at length", async () => {
  for (const [asked, limit] of [["explain", 500], ["counterfactual", 20]] as const) {
    const more = asked === "explain" ? { explain: "shapley" } : { counterfactual: true };
    const query = asked === "explain" ? "explain=shapley" : "counterfactual=true";
    assertEquals((await score({ vectors: rowsOf(limit), ...more })).status, 200);
    for (
      const refused of [
        await score({ vectors: rowsOf(limit + 1), ...more }),
        await scoreRows(query, rowsOf(limit + 1)),
      ]
    ) {
      assertEquals([refused.status, refused.code, refused.field, refused.limit], [
        413,
        "VECTORS_TOO_MANY",
        "vectors",
        limit,
      ]);
    }
  }
  const points = minutes(30).map(({ metric, at, value }) => ({ metric, at, value }));
  const refused = await score({ points, counterfactual: true });
  assertEquals([refused.status, refused.code, refused.field, refused.limit], [
    413,
    "POINTS_TOO_MANY",
    "points",
    20,
  ]);
});

const BAD_WORDS = [
  ["explain", "yes"],
  ["explain", 1],
  ["explain", null],
  ["counterfactual", "yes"],
  ["counterfactual", 1],
] as const;

for (const [field, value] of BAD_WORDS) {
  Deno.test(`POST /v1/score refuses ${field} ${JSON.stringify(value)}`, async () => {
    const inBody = await score({ vectors: [CALM], [field]: value });
    const inQuery = await scoreRows(`${field}=${value}`, [CALM]);
    for (const refused of [inBody, inQuery]) {
      assertEquals([refused.status, refused.code, refused.field], [422, "INPUT_INVALID", field]);
    }
  });
}

Deno.test("the described examples of scoring are what the route takes and gives", async () => {
  assert(scoreAnswerSchema.safeParse(SCORE_ANSWER_EXAMPLE).success);
  for (const { value } of Object.values(SCORE_REQUEST_EXAMPLES)) {
    assert(scoreRequestSchema.safeParse(value).success);
    const answer = await score(value);
    assertEquals(answer.status, 200);
    const { status: _, ...body } = answer;
    assert(scoreAnswerSchema.safeParse(body).success);
  }
});
