import { assert, assertEquals } from "@std/assert";
import { exp, tanh } from "../../../scoring/numeric/mod.ts";

Deno.test("exp is within two last places of the engine's own", () => {
  for (let x = -700; x < 700; x += 0.37) {
    assert(Math.abs(exp(x) / Math.exp(x) - 1) < 6e-16, `${x}: ${exp(x)} ${Math.exp(x)}`);
  }
});

for (
  const [x, expected] of [
    [0, 1],
    [-800, 0],
    [-Infinity, 0],
    [710, Infinity],
    [Infinity, Infinity],
    [NaN, NaN],
  ] as const
) {
  Deno.test(`exp(${x}) is ${expected}`, () => assertEquals(exp(x), expected));
}

Deno.test("exp is finite up to the greatest number there is", () => {
  assert(Math.abs(exp(709.78) / Math.exp(709.78) - 1) < 1e-15);
  assertEquals(exp(-745), Math.exp(-745));
});

Deno.test("tanh is within a few last places of one of the engine's own", () => {
  for (let x = -25; x < 25; x += 0.0371) {
    assert(Math.abs(tanh(x) - Math.tanh(x)) < 5e-16, `${x}`);
  }
  assertEquals([tanh(Infinity), tanh(-Infinity), tanh(NaN)], [1, -1, NaN]);
});
