import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createCursors } from "../../../api/graphql/cursor.ts";
import { CursorError } from "../../../schema/mod.ts";

const cursors = createCursors(new Uint8Array(32).fill(1));
const acme = cursors.of("acme");

Deno.test("a cursor opens to the position that it was sealed with", () => {
  fc.assert(fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (seq) => {
    assertEquals(acme.openSeq(acme.sealSeq(seq)), seq);
  }));
  const keyset = fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(keyset, (values) => {
    assertEquals(acme.openKeyset("list", acme.sealKeyset("list", values)), values);
  }));
});

Deno.test("the same position has the same cursor, in each tenant another", () => {
  assertEquals(acme.sealSeq(7), acme.sealSeq(7));
  assertNotEquals(acme.sealSeq(7), cursors.of("rival").sealSeq(7));
  assertNotEquals(acme.sealSeq(7), acme.sealSeq(8));
});

Deno.test("a cursor of another tenant, list or installation is refused", () => {
  const other = createCursors(new Uint8Array(32).fill(2)).of("acme");
  const cases = [
    () => cursors.of("rival").openSeq(acme.sealSeq(7)),
    () => other.openSeq(acme.sealSeq(7)),
    () => acme.openSeq(acme.sealKeyset("devices", [1])),
    () => acme.openKeyset("metrics", acme.sealKeyset("devices", ["a", "b"])),
    // Tenant and list are told apart, however their names are joined.
    () => cursors.of("acmed").openKeyset("evices", acme.sealKeyset("devices", ["a", "b"])),
  ];
  for (const open of cases) assertThrows(open, CursorError, "not one of yours");
});

Deno.test("a cursor with any bit changed is refused", () => {
  const sealed = Uint8Array.fromBase64(acme.sealSeq(7), { alphabet: "base64url" });
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Uint8Array.from(sealed);
    changed[bit >> 3] ^= 1 << (bit & 7);
    const cursor = changed.toBase64({ alphabet: "base64url", omitPadding: true });
    assertThrows(() => acme.openSeq(cursor), CursorError);
  }
});

Deno.test("text that is no cursor is refused", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    assertThrows(() => acme.openSeq(text), CursorError);
  }));
  for (const text of ["", "NaN", "-1", "Mzo0", "\0", "a".repeat(1e6)]) {
    assertThrows(() => acme.openSeq(text), CursorError);
    assertThrows(() => acme.openKeyset("devices", text), CursorError);
  }
});

Deno.test("a short secret is refused", () => {
  assertThrows(() => createCursors(new Uint8Array(31)), RangeError, "at least 32 bytes");
});
