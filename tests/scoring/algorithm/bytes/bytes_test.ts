import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { ParameterRule } from "../../../../scoring/algorithm/algorithm.ts";
import {
  type BytesKind,
  createByteWriter,
  openBytes,
} from "../../../../scoring/algorithm/bytes/mod.ts";

const rules = { nu: { default: 0.5, min: 0.01, max: 1, help: "share of outliers" } };
const kind = { algorithm: "example", version: 3, rules };

function example(): Uint8Array<ArrayBuffer> {
  const writer = createByteWriter({ algorithm: "example", version: 3, parameters: { nu: 0.25 } });
  writer.integer(7);
  writer.number(-1.5);
  writer.bytes(Uint8Array.of(1, 255));
  writer.shorts(Uint16Array.of(65_535));
  writer.integers(Uint32Array.of(4_294_967_295, 0));
  writer.floats(Float32Array.of(0.1, NaN));
  writer.numbers(Float64Array.of(0.1, Infinity));
  return writer.finish();
}

function readExample(bytes: Uint8Array) {
  const reader = openBytes(bytes, kind);
  const fields = [
    reader.integer("count", 0, 10),
    reader.number("offset"),
    reader.bytes("flags", 2),
    reader.shorts("columns"),
    reader.integers("nodes", 2),
    reader.floats("rows", 2, { mayBeNaN: true }),
    reader.numbers("weights", 2, { max: Infinity }),
  ];
  reader.end();
  return { parameters: reader.parameters, fields };
}

Deno.test("fields are read as they were written", () => {
  assertEquals(readExample(example()), {
    parameters: { nu: 0.25 },
    fields: [
      7,
      -1.5,
      Uint8Array.of(1, 255),
      Uint16Array.of(65_535),
      Uint32Array.of(4_294_967_295, 0),
      Float32Array.of(0.1, NaN),
      Float64Array.of(0.1, Infinity),
    ],
  });
});

Deno.test("bytes are read where they lie inside of others", () => {
  const around = new Uint8Array(example().length + 20);
  around.set(example(), 10);
  assertEquals(readExample(around.subarray(10, 10 + example().length)), readExample(example()));
});

Deno.test("every changed byte is refused", () => {
  fc.assert(
    fc.property(fc.nat(example().length - 1), fc.integer({ min: 1, max: 255 }), (at, xor) => {
      const bytes = example();
      bytes[at] ^= xor;
      assertThrows(() => readExample(bytes), RangeError, "Cannot restore example");
    }),
  );
});

Deno.test("bytes that end early are refused at every length", () => {
  for (let length = 0; length < example().length; length++) {
    assertThrows(() => readExample(example().subarray(0, length)), RangeError);
  }
});

for (
  const [name, other, message] of [
    ["of another method", { ...kind, algorithm: "other" }, 'name must be "other": found "example"'],
    ["of another version", { ...kind, version: 4 }, "version must be 4: found 3"],
    ["with an unknown parameter", { ...kind, rules: {} }, "nu"],
    [
      "with a parameter out of range",
      { ...kind, rules: { nu: { ...rules.nu, min: 0.3 } } },
      "nu as it must be a number in [0.3, 1]: current value is 0.25",
    ],
  ] as const
) {
  Deno.test(`bytes ${name} are refused`, () => {
    const expected: BytesKind<Record<string, ParameterRule>> = other;
    assertThrows(() => openBytes(example(), expected), RangeError, message);
  });
}

Deno.test("a field out of its range is refused by its name", () => {
  assertThrows(() => openBytes(example(), kind).integer("count", 0, 6), RangeError, "count");
  const reader = openBytes(example(), kind);
  reader.integer("count", 0, 10);
  assertThrows(() => reader.number("offset", { min: 0 }), RangeError, "offset must be in [0, ");
  assertThrows(() => reader.bytes("flags", 3), RangeError, "flags must have 3 entries: found 2");
});

Deno.test("a count that the bytes cannot hold allocates nothing", () => {
  const writer = createByteWriter({ algorithm: "example", version: 3, parameters: {} });
  writer.integer(4_294_967_295);
  const bytes = writer.finish();
  assertThrows(() => openBytes(bytes, kind).numbers("weights"), RangeError, "weights must have");
});

Deno.test("NaN and infinity are refused where they are not allowed", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const writer = createByteWriter({ algorithm: "example", version: 3, parameters: {} });
    writer.numbers(Float64Array.of(0, value));
    const reader = openBytes(writer.finish(), kind);
    assertThrows(() => reader.numbers("weights"), RangeError, "weights[1]");
  }
});

Deno.test("bytes left over are refused", () => {
  assertThrows(() => openBytes(example(), kind).end(), RangeError, "left over");
});
