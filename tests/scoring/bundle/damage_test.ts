import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BundleError,
  decodeBundle,
  encodeBundle,
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  openBundle,
  signBundle,
} from "../../../scoring/bundle/mod.ts";
import { scoreForest } from "../../../scoring/forest/mod.ts";
import { bellRows } from "../forest/rows.ts";
import { createMutants } from "./mutants.ts";
import { smallModel } from "./small_model.ts";
import { forestOf } from "../detect/forest_of.ts";

const TENANT = { tenantId: "tenant-1" };

async function signedBundle() {
  const key = await generateSigningKey();
  const { id, unsigned } = encodeBundle(smallModel());
  return {
    id,
    bytes: await signBundle(unsigned, await importSigner(key.pkcs8), TENANT.tenantId),
    trustedKeys: await importTrustedKeys([key.publicKey]),
  };
}

/** What a decoder may do with bytes from anywhere: refuse them, or give a model that scores. */
function decodesOrRefuses(bytes: Uint8Array): string | undefined {
  try {
    const { id, sections } = decodeBundle(bytes);
    for (const forest of sections.map(forestOf)) {
      const scores = scoreForest(forest, bellRows(8, forest.featureCount, 3));
      assert(scores.every((score) => score > 0 && score <= 1));
    }
    return id;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return undefined;
  }
}

Deno.test("openBundle refuses a bundle with any one byte flipped", async () => {
  const { bytes, trustedKeys } = await signedBundle();
  for (let i = 0; i < bytes.length; i++) {
    const damaged = bytes.slice();
    damaged[i] ^= 1 << (i % 8);
    await assertRejects(() => openBundle(damaged, { ...TENANT, trustedKeys }), BundleError);
  }
});

Deno.test("decodeBundle never gives the same id for other bytes before the trailer", () => {
  const { id, unsigned } = encodeBundle(smallModel());
  for (let i = 0; i < unsigned.length; i++) {
    for (const mask of [1, 0x20, 0xff]) {
      const damaged = unsigned.slice();
      damaged[i] ^= mask;
      assert(decodesOrRefuses(damaged) !== id);
    }
  }
});

Deno.test("a bundle cut anywhere, or with a byte more, is refused", async () => {
  const { bytes, trustedKeys } = await signedBundle();
  const { unsigned } = encodeBundle(smallModel());
  for (let length = 0; length < unsigned.length; length++) {
    assertEquals(decodesOrRefuses(unsigned.subarray(0, length)), undefined);
  }
  for (let length = 0; length < bytes.length; length += 7) {
    const cut = bytes.subarray(0, length);
    await assertRejects(() => openBundle(cut, { ...TENANT, trustedKeys }), BundleError);
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  assertEquals(decodesOrRefuses(longer), undefined);
  await assertRejects(() => openBundle(longer, { ...TENANT, trustedKeys }), BundleError);
});

Deno.test("1,000 seeded mutants are refused or score; `deno task mutate` tries a million", () => {
  const mutant = createMutants(2024);
  const counts = { refused: 0, scored: 0, failed: 0 };
  for (let round = 0; round < 1000; round++) {
    const { verdict, reason } = mutant(round);
    counts[verdict]++;
    assertEquals(reason, undefined, `mutant ${round}`);
  }
  // A changed threshold makes another sound forest, so the test has looked beyond the hashes.
  assert(counts.scored > 50 && counts.refused > 500);
});
