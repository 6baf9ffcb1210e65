import { assertEquals } from "@std/assert";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { encodeFields } from "../../../scoring/edge/wire/protobuf/encode_fields.ts";

Deno.test("property: messages are written as the package for protobuf writes them", () => {
  const count = fc.oneof(fc.nat(300), fc.maxSafeNat());
  fc.assert(
    fc.property(count, fc.string({ unit: "grapheme", maxLength: 300 }), (number, text) => {
      const inner = new BinaryWriter().tag(1, 0).uint64(number).tag(2, 2).string(text).finish();
      const expected = new BinaryWriter().tag(1, 2).bytes(inner).finish();
      assertEquals(encodeFields([[1, encodeFields([[1, number], [2, text]])]]), expected);
    }),
  );
  assertEquals(encodeFields([]), new Uint8Array());
});
