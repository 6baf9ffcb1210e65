import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import {
  DEFAULT_DRIFT_POLICY,
  DRIFT_COOL_DOWN_MS,
  DRIFT_PRESETS,
  type DriftMemory,
  driftWindowMs,
  fitDriftReference,
  judgeWindow,
  NO_DRIFT_MEMORY,
  remembered,
  type WindowDrift,
  windowsOf,
} from "../../../scoring/drift/mod.ts";
import { UTC } from "../../../scoring/time/mod.ts";
import { BUCKET_MS, DAY_MS, monitored, ROWS_PER_DAY, simulatedRows, START } from "./simulated.ts";

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const REFERENCE_DAYS = 7;
const QUARTER_DAY_MS = DAY_MS / 4;

Deno.test("no alarm in a stationary month of seven features, by any of 20 seeds", () => {
  for (const seed of SEEDS) {
    const drifts = monitored(
      simulatedRows({ seed, days: REFERENCE_DAYS + 30 }),
      REFERENCE_DAYS,
    );
    assertEquals(drifts.length, 120);
    assertEquals(drifts.filter(({ isAction }) => isAction), [], `seed ${seed}`);
  }
});

Deno.test("a shift of one standard deviation in one feature is found within a day", () => {
  const found = SEEDS.filter((seed) => {
    // At another time of day by each seed.
    const shiftRow = (REFERENCE_DAYS + 2) * ROWS_PER_DAY + seed * 31 % ROWS_PER_DAY;
    const shiftAt = (row: number) => row >= shiftRow ? 1 : 0;
    const drifts = monitored(
      simulatedRows({ seed, days: REFERENCE_DAYS + 4, shiftAt }),
      REFERENCE_DAYS,
    );
    const action = drifts.find(({ isAction }) => isAction);
    return action !== undefined && action.until - (START + shiftRow * BUCKET_MS) <= DAY_MS;
  });
  assertGreaterOrEqual(found.length, 19);
});

Deno.test("no alarm on values of which neighbours correlate by 0.9", () => {
  for (const seed of SEEDS.slice(0, 5)) {
    const drifts = monitored(
      simulatedRows({ seed, rho: 0.9, days: REFERENCE_DAYS + 14 }),
      REFERENCE_DAYS,
    );
    assertEquals(drifts.filter(({ isAction }) => isAction), []);
  }
});

function shifted(shift: number, policy = DEFAULT_DRIFT_POLICY): WindowDrift[] {
  const shiftRow = REFERENCE_DAYS * ROWS_PER_DAY;
  const shiftAt = (row: number) => row >= shiftRow ? shift : 0;
  return monitored(
    simulatedRows({ seed: 3, days: REFERENCE_DAYS + 4, shiftAt }),
    REFERENCE_DAYS,
    policy,
  );
}

Deno.test("the third window of a drift asks for action, and again a day later while it lasts", () => {
  const drifts = shifted(2);
  const acted = drifts.flatMap(({ isAction }, index) => isAction ? [index] : []);
  assertEquals(acted, [2, 6, 10, 14]);
  assertEquals(drifts.slice(0, 4).map(({ state }) => state), [
    "WATCH",
    "WATCH",
    "ALARM",
    "ALARM",
  ]);
  assert(drifts.every(({ columns: [column], severity }) => column!.isDrifted && severity >= 7));
  assertEquals(drifts.map(({ columns: [column] }) => column!.streak), drifts.map((_, i) => i + 1));
});

Deno.test("a difference below the policy's distance is told and nothing more", () => {
  const drifts = shifted(2, { distanceMin: 0.95 });
  const [column] = drifts[0].columns;
  assert(column!.pValue < 0.05 && column!.adjustedPValue < 0.05);
  assert(drifts.every(({ state, severity }) => state === "STABLE" && severity === 1));
});

Deno.test("a gap between two windows begins the count anew", () => {
  const rows = simulatedRows({
    seed: 5,
    days: REFERENCE_DAYS + 2,
    shiftAt: (row) => row >= REFERENCE_DAYS * ROWS_PER_DAY ? 2 : 0,
  });
  const gapAt = START + REFERENCE_DAYS * DAY_MS + 2 * QUARTER_DAY_MS;
  const drifts = monitored(
    rows.filter(({ bucketAt }) => bucketAt < gapAt || bucketAt >= gapAt + QUARTER_DAY_MS),
    REFERENCE_DAYS,
  );
  assertEquals(drifts.map(({ columns: [column] }) => column!.streak), [1, 2, 1, 2, 3, 4, 5]);
});

Deno.test("a spread that doubles is drift, though its centre stays", () => {
  const cut = REFERENCE_DAYS * ROWS_PER_DAY;
  const rows = simulatedRows({ seed: 6, days: REFERENCE_DAYS + 2 }).map((row, index) => {
    if (index < cut) return row;
    const usual = 50 + 20 * Math.sin(2 * Math.PI * index / ROWS_PER_DAY);
    const [first, ...others] = Array.from(row.values);
    return { ...row, values: [usual + 2 * (first - usual), ...others] };
  });
  const columns = monitored(rows, REFERENCE_DAYS).map(({ columns: [column] }) => column!);
  assert(columns.filter(({ isDrifted }) => isDrifted).length >= 6);
});

Deno.test("a constant and a counter of few values do not drift by their ties", () => {
  const rows = simulatedRows({ seed: 8, days: REFERENCE_DAYS + 7 }).map(({ bucketAt, values }) => ({
    bucketAt,
    values: [4, Math.floor(values[1] / 25), Number(values[2] > 60)],
  }));
  const drifts = monitored(rows, REFERENCE_DAYS);
  assert(drifts.length > 0);
  assertEquals(drifts.filter(({ state }) => state !== "STABLE"), []);
});

Deno.test("a constant that changes is as far away as can be", () => {
  const rows = simulatedRows({ seed: 8, days: REFERENCE_DAYS + 2 }).map(({ bucketAt }, index) => ({
    bucketAt,
    values: [index < REFERENCE_DAYS * ROWS_PER_DAY ? 4 : 5],
  }));
  const [drift] = monitored(rows, REFERENCE_DAYS);
  assertGreater(drift.columns[0]!.distance, 0.98);
  assertEquals(drift.severity, 10);
});

Deno.test("too short a reference, and a window of which too little is known, say nothing", () => {
  const rows = simulatedRows({ seed: 9, days: 4 });
  assertEquals(monitored(rows, 1), []);
  const sparse = rows.filter((_, index) => index < 3 * ROWS_PER_DAY || index % 3 === 0);
  assertEquals(monitored(sparse, 3), []);
  const hidden = rows.map((row, index) => ({
    ...row,
    values: index < 3 * ROWS_PER_DAY ? row.values : [NaN, ...Array.from(row.values).slice(1)],
  }));
  const [first, ...others] = monitored(hidden, 3)[0].columns;
  assertEquals([first, others.some((column) => column === undefined)], [undefined, false]);
});

Deno.test("an F1 below 0.8 asks for action at once, below 0.85 for a look", () => {
  const windowMs = driftWindowMs(DEFAULT_DRIFT_POLICY, BUCKET_MS);
  const rows = simulatedRows({ seed: 1, days: 4 });
  const cut = 3 * ROWS_PER_DAY;
  const options = { zone: UTC, bucketMs: BUCKET_MS, windowMs };
  const reference = fitDriftReference(rows.slice(0, cut), options);
  const [[from, window]] = windowsOf(rows.slice(cut), windowMs);
  const judged = (f1: number | null, memory: DriftMemory = NO_DRIFT_MEMORY) =>
    judgeWindow(reference, DEFAULT_DRIFT_POLICY, { from, rows: window, f1 }, memory)!;
  const said = (drift: WindowDrift) => [drift.state, drift.isAction, drift.severity];
  assertEquals(said(judged(0.79)), ["ALARM", true, 7]);
  assertEquals(said(judged(0.8)), ["WATCH", false, 1]);
  assertEquals(said(judged(0.85)), ["STABLE", false, 1]);
  assertEquals(said(judged(null)), ["STABLE", false, 1]);
  const acted = remembered(judged(0.79), NO_DRIFT_MEMORY);
  assertEquals(acted.actedAt, from + windowMs);
  const cooling = { ...NO_DRIFT_MEMORY, actedAt: from + windowMs - DRIFT_COOL_DOWN_MS };
  assertEquals(said(judged(0.79, cooling)), ["ALARM", true, 7]);
  assertEquals(said(judged(0.79, { ...cooling, actedAt: cooling.actedAt + 1 })), [
    "ALARM",
    false,
    7,
  ]);
});

Deno.test("a window is a quarter of a day, of 48 rows at least, or as the policy says", () => {
  assertEquals(driftWindowMs(DEFAULT_DRIFT_POLICY, BUCKET_MS), 72 * BUCKET_MS);
  assertEquals(driftWindowMs(DEFAULT_DRIFT_POLICY, 3_600_000), 48 * 3_600_000);
  assertEquals(driftWindowMs(DRIFT_PRESETS.sensitive, BUCKET_MS), 500 * BUCKET_MS);
  assert(DRIFT_PRESETS.sensitive.distanceMin < DRIFT_PRESETS.standard.distanceMin);
});
