import { assertEquals } from "@std/assert";
import { tableOf } from "../../../../scoring/algorithm/frame/mod.ts";
import { findSeason } from "../../../../scoring/algorithm/trend/season.ts";
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { bellNumbers, matrixOf } from "../rows.ts";
import { SEASON, wave } from "./seasonal_rows.ts";

const season = (rows: Matrix, rowMs?: number) => findSeason(tableOf(rows), rowMs);

Deno.test("a season is found in noise and on a slope", () => {
  assertEquals(season(wave({ rows: 500, noise: 1, rise: 0.05 })), SEASON);
});

Deno.test("a day is found where the time between rows is known", () => {
  assertEquals(season(wave({ rows: 500, noise: 2 }), 3_600_000), SEASON);
});

Deno.test("a week is found where its days differ", () => {
  const bell = bellNumbers(1);
  const rows = matrixOf(Array.from({ length: 24 * 7 * 4 }, (_, row) => {
    const isWeekend = Math.floor(row / 24) % 7 >= 5;
    const isDay = row % 24 >= 8 && row % 24 < 18;
    return [(isDay && !isWeekend ? 10 : 0) + 0.3 * bell()];
  }));
  assertEquals(season(rows, 3_600_000), 168);
});

Deno.test("noise, a line, a constant and few rows have no season", () => {
  const bell = bellNumbers(1);
  const rows = (value: (row: number) => number, count = 400) =>
    matrixOf(Array.from({ length: count }, (_, row) => [value(row)]));
  assertEquals(season(rows(() => bell())), 0);
  assertEquals(season(rows((row) => 3 * row)), 0);
  assertEquals(season(rows(() => 7)), 0);
  assertEquals(season(wave({ rows: 9, noise: 0 })), 0);
});
