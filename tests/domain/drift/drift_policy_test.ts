import { assertEquals, assertRejects } from "@std/assert";
import {
  createDetector,
  type DriftPolicyInput,
  InvalidInputError,
  updateDetector,
} from "../../../domain/mod.ts";
import { addMetric, addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const DAY_MS = 86_400_000;

async function openTenant() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await addMetric(test.db, tenant, "load");
  const input = { name: "loads", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  return { test, db: test.db, tenant, input };
}

Deno.test("a detector watches for drift of 0.1, does nothing about it and is fitted by people", async () => {
  const { test, db, tenant, input } = await openTenant();
  await using _ = test;
  const detector = await commit(db, createDetector(tenant, input, deps));
  assertEquals(detector.drift_policy, { distanceMin: 0.1, onDrift: "NONE" });
  assertEquals(detector.refit_every_ms, null);
});

Deno.test("a preset of drift holds where nothing else is given, and a patch changes the rest", async () => {
  const { test, db, tenant, input } = await openTenant();
  await using _ = test;
  const driftPolicy = { preset: "sensitive", onDrift: "REFIT" };
  const { id, drift_policy } = await commit(
    db,
    createDetector(tenant, { ...input, driftPolicy, refitEveryMs: 7 * DAY_MS }, deps),
  );
  assertEquals(drift_policy, { distanceMin: 0.05, windowBuckets: 500, onDrift: "REFIT" });
  const patch = { driftPolicy: { distanceMin: 0.2 }, refitEveryMs: null };
  const patched = await commit(db, updateDetector(tenant, id, patch, deps));
  assertEquals(patched.drift_policy, { distanceMin: 0.2, windowBuckets: 500, onDrift: "REFIT" });
  assertEquals(patched.refit_every_ms, 7 * DAY_MS);
  const never = await commit(db, updateDetector(tenant, id, { refitEveryMs: 0 }, deps));
  assertEquals(never.refit_every_ms, null);
});

const REFUSED: readonly (readonly [field: string, DriftPolicyInput])[] = [
  ["driftPolicy.preset", { preset: "lax" }],
  ["driftPolicy.distance", { distanceMin: 0 }],
  ["driftPolicy.distance", { distanceMin: 1 }],
  ["driftPolicy.windowBuckets", { windowBuckets: 47 }],
  ["driftPolicy.windowBuckets", { windowBuckets: 60.5 }],
  ["driftPolicy.onDrift", { onDrift: "PANIC" }],
];

for (const [field, driftPolicy] of REFUSED) {
  Deno.test(`a policy of ${JSON.stringify(driftPolicy)} is refused by its ${field}`, async () => {
    const { test, tenant, input } = await openTenant();
    await using _ = test;
    const error = await assertRejects(
      () => createDetector(tenant, { ...input, driftPolicy }, deps),
      InvalidInputError,
    );
    assertEquals(error.field, field);
  });
}

for (const refitEveryMs of [1, 366 * DAY_MS]) {
  Deno.test(`a refit every ${refitEveryMs} ms is refused`, async () => {
    const { test, tenant, input } = await openTenant();
    await using _ = test;
    const error = await assertRejects(
      () => createDetector(tenant, { ...input, refitEveryMs }, deps),
      InvalidInputError,
    );
    assertEquals(error.field, "refitEvery");
  });
}
