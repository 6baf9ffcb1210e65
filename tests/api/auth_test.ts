import { assertEquals } from "@std/assert";
import { authenticate, bearerKey, presentedKey, rememberingKeys } from "../../api/auth.ts";
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

Deno.test("a valid key is remembered for a second, a refused one is not", async () => {
  let at = 0;
  const asked: string[] = [];
  let valid = false;
  const principal = { tenantId: "t", keyId: "k", name: "ops", role: "viewer" } as const;
  const verify = rememberingKeys((key) => {
    asked.push(key);
    return Promise.resolve(valid ? principal : undefined);
  }, () => at);
  assertEquals(await verify("key"), undefined);
  valid = true;
  assertEquals([await verify("key"), await verify("key")], [principal, principal]);
  assertEquals(asked.length, 2);
  valid = false;
  at = 1_000;
  assertEquals(await verify("key"), undefined);
  assertEquals(asked.length, 3);
});
