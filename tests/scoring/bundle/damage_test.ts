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
import { createRandom, type Random } from "../../../scoring/numeric/mod.ts";
import { bellRows } from "../forest/rows.ts";
import { partsOfSmallBundle, rehashed } from "./forge.ts";
import { smallModel } from "./small_model.ts";

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
    for (const { forest } of sections) {
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

Deno.test("1,000 seeded mutations of a bundle are refused or score", () => {
  const { unsigned } = encodeBundle(smallModel());
  const random = createRandom(2024);
  for (let round = 0; round < 1000; round++) decodesOrRefuses(mutated(unsigned, random));
});

Deno.test("1,000 seeded mutations of a forest, hashed anew, are refused or score", () => {
  const random = createRandom(77);
  let decoded = 0;
  for (let round = 0; round < 1000; round++) {
    const { header, sections } = partsOfSmallBundle();
    const [any, ...others] = sections;
    const bytes = rehashed({ header, sections: [mutated(any, random), ...others] });
    if (decodesOrRefuses(bytes)) decoded++;
  }
  // A changed threshold makes another sound forest, so the test has looked beyond the hash.
  assert(decoded > 50);
});

/** One to four bytes changed, bytes cut out, put in, or moved. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length);
  const length = Math.min(1 + random.below(16), bytes.length - at);
  switch (random.below(5)) {
    case 0:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    case 1:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...Array.from({ length }, () => random.below(256)),
        ...bytes.subarray(at),
      ]);
    case 2: {
      const copy = new Uint8Array(bytes);
      copy.copyWithin(random.below(bytes.length), at, at + length);
      return copy;
    }
    default: {
      const copy = new Uint8Array(bytes);
      for (let i = 0; i <= random.below(4); i++) {
        copy[random.below(bytes.length)] = random.below(256);
      }
      return copy;
    }
  }
}
