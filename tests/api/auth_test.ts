import { assertEquals } from "@std/assert";
import { authenticate, bearerKey, presentedKey } from "../../api/auth.ts";
import type { Principal } from "../../domain/mod.ts";

const CASES: readonly (readonly [headers: Record<string, string>, key: string | undefined])[] = [
  [{}, undefined],
  [{ authorization: "Bearer tl_a_b" }, "tl_a_b"],
  [{ authorization: "bearer tl_a_b" }, "tl_a_b"],
  [{ "x-api-key": "tl_a_b" }, "tl_a_b"],
  [{ authorization: "Bearer tl_a_b", "x-api-key": "tl_a_b" }, undefined],
  [{ authorization: "Bearer tl_a_b, Bearer tl_c_d" }, undefined],
  [{ authorization: "Bearer tl_a_b tl_c_d" }, undefined],
  [{ authorization: "Basic tl_a_b" }, undefined],
  [{ authorization: "tl_a_b" }, undefined],
  [{ authorization: "Bearer " }, undefined],
  [{ "x-api-key": "" }, undefined],
  [{ "x-api-key": "a".repeat(201) }, undefined],
];

for (const [headers, key] of CASES) {
  Deno.test(`${JSON.stringify(headers).slice(0, 80)} presents ${key}`, () =>
    assertEquals(presentedKey(new Headers(headers)), key));
}

Deno.test("what is no text presents no key", () => {
  for (const value of [undefined, null, 1, {}, ["Bearer tl_a_b"]]) {
    assertEquals(bearerKey(value), undefined);
  }
});

Deno.test("a request is its key's principal, and nobody's without one", async () => {
  const principal: Principal = { tenantId: "acme", keyId: "k", name: "key", role: "viewer" };
  const verify = (key: string) => Promise.resolve(key === "tl_a_b" ? principal : undefined);
  const ask = (headers: Record<string, string>) =>
    authenticate(new Request("http://localhost", { headers }), verify);
  assertEquals(await ask({ "x-api-key": "tl_a_b" }), principal);
  assertEquals(await ask({ "x-api-key": "tl_c_d" }), undefined);
  assertEquals(await ask({}), undefined);
});
