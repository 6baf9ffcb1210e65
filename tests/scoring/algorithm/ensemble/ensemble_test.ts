import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ensembleOf, type Vote, VOTES } from "../../../../scoring/algorithm/ensemble/mod.ts";
import { voteOf } from "../../../../scoring/algorithm/ensemble/vote.ts";
import {
  extendedIsolationForest,
  isolationForest,
} from "../../../../scoring/algorithm/forest/mod.ts";
import {
  kNearestNeighbours,
  localOutlierFactor,
} from "../../../../scoring/algorithm/neighbours/mod.ts";
import { bellRows, matrixOf } from "../../forest/rows.ts";

const METHOD = {
  name: "three",
  source: "a test",
  members: [
    { algorithm: isolationForest, contamination: 0.1 },
    { algorithm: kNearestNeighbours, contamination: 0.1 },
    { algorithm: localOutlierFactor, contamination: 0.1 },
  ],
  vote: "majority",
} as const;
const three = ensembleOf(METHOD);
const rows = bellRows(500, 3, 1);

function fitted(vote: Vote) {
  return three.fit(rows, { seed: 1, parameters: { vote: VOTES.indexOf(vote) } });
}

/** How many members alert on each training row, by their own scores of them. */
function alertCounts(): number[] {
  const scores = METHOD.members.map(({ algorithm }) =>
    ensembleOf({ ...METHOD, members: [{ algorithm, contamination: 0.1 }], vote: "any" })
  ).map((one) => one.fit(rows, { seed: 1 }).scoreBatch(rows));
  return Array.from(
    { length: rows.rowCount },
    (_, row) => scores.filter((of) => of[row] >= 1).length,
  );
}

for (
  const [vote, pressures, score] of [
    ["any", [0.2, 1.5, 0.4], 1.5],
    ["majority", [0.2, 1.5, 0.4], 0.4],
    ["all", [0.2, 1.5, 0.4], 0.2],
    // Half of four members are no majority.
    ["majority", [2, 3, 0.1, 0.2], 0.2],
    ["majority", [0.7], 0.7],
  ] as const
) {
  Deno.test(`${vote} of ${pressures} is ${score}`, () => {
    const opinions = pressures.map((pressure) => ({ rank: 0, surprise: 0, weight: 1, pressure }));
    assertEquals(voteOf(vote, opinions), score);
  });
}

Deno.test("ranks and surprises count by weight", () => {
  const opinions = [
    { rank: 0.5, surprise: 1, pressure: 0, weight: 3 },
    { rank: 0.9, surprise: 5, pressure: 0, weight: 1 },
  ];
  assertAlmostEquals(voteOf("rank", opinions), 0.6, 1e-12);
  assertAlmostEquals(voteOf("surprise", opinions), 2, 1e-12);
});

Deno.test("any alerts most often, then the majority, then all", () => {
  const counts = (["any", "majority", "all"] as const).map((vote) => {
    const ensemble = fitted(vote);
    const threshold = ensemble.alerts?.threshold ?? NaN;
    return ensemble.scoreBatch(rows).filter((score) => score > threshold).length;
  });
  const [any, majority, all] = counts;
  assert(any > majority && majority > all && all > 0, `${counts}`);
});

Deno.test("a member alerts on its contamination of the training rows", () => {
  for (const member of METHOD.members) {
    const alone = ensembleOf({ ...METHOD, members: [member], vote: "any" });
    const scores = alone.fit(rows, { seed: 1 }).scoreBatch(rows);
    assertAlmostEquals(scores.filter((score) => score >= 1).length, 50, 3);
  }
  assert(alertCounts().some((count) => count === 3));
});

Deno.test("votes that count alerts decide by themselves, ranks do not", () => {
  for (const vote of VOTES) {
    assertEquals(fitted(vote).alerts !== undefined, vote !== "rank" && vote !== "surprise");
  }
});

Deno.test("a single row has the score that it has among many", () => {
  for (const vote of VOTES) {
    const ensemble = fitted(vote);
    const one = { data: rows.data.slice(0, 3), rowCount: 1, columnCount: 3 };
    assertEquals(ensemble.scoreBatch(one)[0], ensemble.scoreBatch(rows)[0]);
  }
});

Deno.test("a row is explained by what all members say of it", () => {
  const scorer = fitted("surprise").open();
  scorer.push(Float32Array.of(0, 9, 0));
  const parts = scorer.explain();
  assert(parts[1] > 2 * (parts[0] + parts[2]), `${parts}`);
});

Deno.test("bytes of an ensemble with other members are refused", () => {
  const bytes = fitted("rank").serialize();
  const other = ensembleOf({
    ...METHOD,
    members: [{ algorithm: extendedIsolationForest }, ...METHOD.members.slice(1)],
  });
  assertThrows(() => other.restore(bytes), RangeError, "extended_isolation_forest");
});

Deno.test("an ensemble is fitted to rows that are all the same", () => {
  const same = matrixOf(Array.from({ length: 20 }, () => [1, 2, 3]), 3);
  for (const vote of VOTES) {
    const parameters = { vote: VOTES.indexOf(vote) };
    const scores = three.fit(same, { seed: 1, parameters }).scoreBatch(same);
    assertEquals(new Set(scores).size, 1);
  }
});
