import { assertEquals, assertRejects } from "@std/assert";
import {
  BundleError,
  decodeBundle,
  encodeBundle,
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  keyIdOf,
  openBundle,
  openSetting,
  signBundle,
  signSetting,
} from "../../../scoring/bundle/mod.ts";
import type { Setting } from "../../../scoring/detect/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../scoring/incident/mod.ts";
import { toHex } from "../../../scoring/numeric/mod.ts";
import { smallModel } from "./small_model.ts";

const SETTING: Setting = {
  version: 3,
  detectorId: "detector-1",
  entityId: "device-1",
  severityProfile: "smartbox",
  thresholds: { any: 0.61 },
  calendar: { rules: [] },
  zone: { zone: "UTC", from: 0, until: 1, at: [0], offsetMinutes: [0] },
  incidents: DEFAULT_INCIDENT_POLICY,
};

async function installation() {
  const key = await generateSigningKey();
  return {
    key,
    signer: await importSigner(key.pkcs8),
    trustedKeys: await importTrustedKeys([key.publicKey]),
  };
}

async function refusedAs(code: string, opening: () => Promise<unknown>): Promise<void> {
  assertEquals((await assertRejects(opening, BundleError)).code, code);
}

Deno.test("a signed bundle opens for its tenant with its key", async () => {
  const { signer, trustedKeys } = await installation();
  const { id, unsigned } = encodeBundle(smallModel());
  const bytes = await signBundle(unsigned, signer, "tenant-1");
  const opened = await openBundle(bytes, { tenantId: "tenant-1", trustedKeys, id });
  assertEquals(opened, { id, model: smallModel() });
  assertEquals(decodeBundle(bytes).id, id);
});

Deno.test("the same bundle, tenant and key give the same signed bytes", async () => {
  const { signer } = await installation();
  const { unsigned } = encodeBundle(smallModel());
  assertEquals(
    await signBundle(unsigned, signer, "tenant-1"),
    await signBundle(unsigned, signer, "tenant-1"),
  );
});

Deno.test("a bundle does not open for another tenant, with another key or unsigned", async () => {
  const { signer, trustedKeys } = await installation();
  const other = await installation();
  const { unsigned } = encodeBundle(smallModel());
  const bytes = await signBundle(unsigned, signer, "tenant-1");
  await refusedAs(
    "BUNDLE_SIGNATURE",
    () => openBundle(bytes, { tenantId: "tenant-2", trustedKeys }),
  );
  await refusedAs(
    "BUNDLE_SIGNATURE",
    () => openBundle(bytes, { tenantId: "tenant-1", trustedKeys: other.trustedKeys }),
  );
  for (const length of [unsigned.length, unsigned.length + 71]) {
    await assertRejects(
      () => openBundle(bytes.subarray(0, length), { tenantId: "tenant-1", trustedKeys }),
      BundleError,
    );
  }
});

Deno.test("a bundle of other bytes than those asked for is refused", async () => {
  const { signer, trustedKeys } = await installation();
  const bytes = await signBundle(encodeBundle(smallModel(1)).unsigned, signer, "tenant-1");
  const { id } = encodeBundle(smallModel(2));
  await refusedAs(
    "BUNDLE_HASH",
    () => openBundle(bytes, { tenantId: "tenant-1", trustedKeys, id }),
  );
});

Deno.test("a header without sections or trailer is refused as unsigned", async () => {
  const { trustedKeys } = await installation();
  const { unsigned } = encodeBundle(smallModel());
  const headerEnd = 16 + new DataView(unsigned.buffer).getUint32(12, true);
  await refusedAs(
    "BUNDLE_UNSIGNED",
    () => openBundle(unsigned.subarray(0, headerEnd), { tenantId: "tenant-1", trustedKeys }),
  );
});

Deno.test("bytes slipped in before the trailer are refused", async () => {
  const { signer, trustedKeys } = await installation();
  const { unsigned } = encodeBundle(smallModel());
  const signed = await signBundle(unsigned, signer, "tenant-1");
  const bytes = Uint8Array.from([...unsigned, ...new Uint8Array(72), ...signed.subarray(-72)]);
  await refusedAs(
    "BUNDLE_TRAILING",
    () => openBundle(bytes, { tenantId: "tenant-1", trustedKeys }),
  );
});

Deno.test("two keys are trusted during a rotation", async () => {
  const [old, next] = [await installation(), await installation()];
  const trustedKeys = await importTrustedKeys([old.key.publicKey, next.key.publicKey]);
  const { id, unsigned } = encodeBundle(smallModel());
  for (const { signer } of [old, next]) {
    const bytes = await signBundle(unsigned, signer, "tenant-1");
    assertEquals((await openBundle(bytes, { tenantId: "tenant-1", trustedKeys })).id, id);
  }
});

Deno.test("a signer's key id is that of its public key", async () => {
  const { key, signer } = await installation();
  assertEquals(toHex(signer.keyId), toHex(keyIdOf(key.publicKey)));
  assertEquals(signer.keyId.length, 8);
});

Deno.test("bytes that are no key are not imported", async () => {
  await assertRejects(() => importSigner(new Uint8Array(48)));
  await assertRejects(() => importTrustedKeys([new Uint8Array(31)]));
});

Deno.test("a signed setting opens for its tenant", async () => {
  const { signer, trustedKeys } = await installation();
  const signed = await signSetting(SETTING, signer, "tenant-1");
  assertEquals(await openSetting(signed, { tenantId: "tenant-1", trustedKeys }), SETTING);
});

Deno.test("a setting that is changed, cut or another tenant's is refused", async () => {
  const { signer, trustedKeys } = await installation();
  const signed = await signSetting(SETTING, signer, "tenant-1");
  const tenant = { tenantId: "tenant-1", trustedKeys };
  for (
    const [damaged, options] of [
      [{ ...signed, body: signed.body.replace("0.61", "0.99") }, tenant],
      [{ ...signed, body: signed.body + " " }, tenant],
      [{ ...signed, signature: signed.signature.subarray(0, 71) }, tenant],
      [{ ...signed, signature: new Uint8Array(72) }, tenant],
      [signed, { ...tenant, tenantId: "tenant-2" }],
    ] as const
  ) {
    await refusedAs("SETTING_SIGNATURE", () => openSetting(damaged, options));
  }
});

Deno.test("the signature of a bundle does not pass for a setting's", async () => {
  const { signer, trustedKeys } = await installation();
  const { unsigned } = encodeBundle(smallModel());
  const signed = await signBundle(unsigned, signer, "tenant-1");
  const forged = { body: "{}", signature: signed.subarray(-72) };
  await refusedAs(
    "SETTING_SIGNATURE",
    () => openSetting(forged, { tenantId: "tenant-1", trustedKeys }),
  );
});
