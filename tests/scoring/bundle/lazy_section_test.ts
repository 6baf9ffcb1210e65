import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BundleError,
  encodeBundle,
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  loadedPeriods,
  loadSections,
  openBundle,
  signBundle,
} from "../../../scoring/bundle/mod.ts";
import { judge, type Setting } from "../../../scoring/detect/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../../scoring/incident/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";
import { calmHours, fitted, HOUR_MS, MONDAY, vectorAt } from "../detect/rows.ts";
import { partsOfSmallBundle, rehashed } from "./forge.ts";
import { smallModel } from "./small_model.ts";
import { forestOf } from "../detect/forest_of.ts";

const SETTING: Setting = {
  version: 1,
  detectorId: "detector",
  entityId: "device",
  severityProfile: "smartbox",
  thresholds: {},
  calendar: SMARTBOX_CALENDAR,
  zone: UTC,
  incidents: DEFAULT_INCIDENT_POLICY,
};

async function opened(unsigned: Uint8Array) {
  const key = await generateSigningKey();
  const bytes = await signBundle(unsigned, await importSigner(key.pkcs8), "tenant");
  const trustedKeys = await importTrustedKeys([key.publicKey]);
  const { model, id } = await openBundle(bytes, { tenantId: "tenant", trustedKeys });
  return { model, id, bytes, trustedKeys };
}

Deno.test("scoring at noon loads one period of five (B3)", async () => {
  const source = fitted(calmHours(24 * 60), { parameters: { treeCount: 10 } });
  const { model, id } = await opened(encodeBundle(source).unsigned);
  assertEquals(model.sections.length, 6);
  assertEquals(loadedPeriods(model), []);
  const noon = vectorAt(MONDAY + 12 * HOUR_MS, [10, 0, 50, 0]);
  assertEquals(judge(model, id, SETTING, noon), judge(source, id, SETTING, noon));
  assertEquals(loadedPeriods(model), ["business"]);
});

Deno.test("a section is decoded once", async () => {
  const { model } = await opened(encodeBundle(smallModel()).unsigned);
  const [any] = model.sections;
  assert(forestOf(any) === forestOf(any));
  assertEquals(loadedPeriods(model), ["any"]);
  loadSections(model);
  assertEquals(loadedPeriods(model), ["any", "business"]);
});

Deno.test("a model that is no bundle's has all of its sections", () => {
  assertEquals(loadedPeriods(smallModel()), ["any", "business"]);
});

Deno.test("damage to a section that nobody asks for yet is found at opening", async () => {
  const { bytes, trustedKeys } = await opened(encodeBundle(smallModel()).unsigned);
  // The last byte before the trailer is of the last section.
  bytes[bytes.length - 73] ^= 1;
  const error = await assertRejects(
    () => openBundle(bytes, { tenantId: "tenant", trustedKeys }),
    BundleError,
  );
  assertEquals(error.code, "BUNDLE_HASH");
});

Deno.test("an opened model does not change with the bytes it came from", async () => {
  const { model, bytes } = await opened(encodeBundle(smallModel()).unsigned);
  bytes.fill(0);
  loadSections(model);
  assertEquals(model, smallModel());
});

Deno.test("a signed section that cannot be used is refused when it is asked for", async () => {
  const { header, sections } = partsOfSmallBundle();
  const unsound = rehashed({ header, sections: [sections[0], new Uint8Array(20)] });
  const { model } = await opened(unsound);
  assert(forestOf(model.sections[0]).child.length > 0);
  const error = assertThrows(() => forestOf(model.sections[1]), BundleError);
  assertEquals(error.code, "BUNDLE_FOREST");
  assertThrows(() => loadSections(model), BundleError);
});
