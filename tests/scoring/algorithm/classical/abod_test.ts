import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { abod } from "../../../../scoring/algorithm/classical/abod.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf, shareFound } from "../rows.ts";

describeAlgorithm(abod);

Deno.test("abod is −ln of the weighted variance of angles to pairs of neighbours", () => {
  // Four corners of a square; columns have mean 0 and standard deviation √(4/3).
  const corners = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
  const parameters = { neighbours: 4 };
  const fitted = abod.fit(matrixOf(corners), { seed: 1, parameters });
  const scale = Math.sqrt(4 / 3);
  // From the middle each corner is at √2 / scale: opposite pairs give −1/|AB|², others 0.
  const square = 2 / (scale * scale);
  const values = [0, 0, -1 / square, -1 / square, 0, 0];
  const mean = values.reduce((sum, value) => sum + value) / 6;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6;
  assertAlmostEquals(fitted.scoreBatch(matrixOf([[0, 0]]))[0], -Math.log(variance), 1e-9);
});

Deno.test("abod finds rows from which all others lie in one direction", () => {
  const bell = bellNumbers(3);
  const ring = Array.from({ length: 300 }, () => [bell(), bell(), bell()]);
  const rows = matrixOf([...ring, [9, 9, 9], [-8, 9, 0], [0, 0, 12]]);
  assertEquals(shareFound(abod.fit(rows, { seed: 1 }).scoreBatch(rows), 3), 1);
});

Deno.test("abod keeps a seeded subsample", () => {
  const bell = bellNumbers(3);
  const rows = matrixOf(Array.from({ length: 500 }, () => [bell(), bell()]));
  const parameters = { subsample: 50 };
  const bytes = (seed: number) => abod.fit(rows, { seed, parameters }).serialize();
  assert(bytes(1).length < 50 * 2 * 8 + 500);
  assertEquals(bytes(1), bytes(1));
  assert(bytes(1).some((byte, i) => byte !== bytes(2)[i]));
});
