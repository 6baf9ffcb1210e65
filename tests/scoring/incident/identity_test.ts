import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { anomalyId, fingerprintOf, incidentId } from "../../../scoring/incident/mod.ts";
import type { PatternMetric } from "../../../scoring/incident/mod.ts";

const subject = { tenantId: "t", detectorId: "d", deviceId: "e" };
const pattern: readonly PatternMetric[] = [
  { metric: "cpu", direction: "HIGH" },
  { metric: "memory", direction: "LOW" },
];

Deno.test("ids are the same for the same bucket, today and in every later version", () => {
  assertEquals(fingerprintOf(subject, "RESOURCE", pattern), "bcf81f9d28c4d19e");
  assertEquals(incidentId(subject, "f", 1700000000000), "47cd5d1e7c81183ba4616a7782be2eb7");
  assertEquals(anomalyId(subject, "f", 1700000000000), "20c65510c7db6f1e44c3f87a18bf0a65");
});

Deno.test("an id has 32 hex digits, a fingerprint 16", () => {
  assertMatch(incidentId(subject, "f", 0), /^[0-9a-f]{32}$/);
  assertMatch(anomalyId(subject, "f", -1), /^[0-9a-f]{32}$/);
  assertMatch(fingerprintOf(subject, "SYSTEM", []), /^[0-9a-f]{16}$/);
});

Deno.test("a fingerprint does not depend on the order of metrics", () =>
  assertEquals(
    fingerprintOf(subject, "RESOURCE", pattern.toReversed()),
    fingerprintOf(subject, "RESOURCE", pattern),
  ));

for (
  const [name, other] of [
    ["kind", fingerprintOf(subject, "TRAFFIC", pattern)],
    ["device", fingerprintOf({ ...subject, deviceId: "f" }, "RESOURCE", pattern)],
    ["tenant", fingerprintOf({ ...subject, tenantId: "u" }, "RESOURCE", pattern)],
    ["metrics", fingerprintOf(subject, "RESOURCE", pattern.slice(0, 1))],
    [
      "direction",
      fingerprintOf(subject, "RESOURCE", [{ ...pattern[0], direction: "LOW" }, pattern[1]]),
    ],
  ] as const
) {
  Deno.test(`another ${name} is another fingerprint`, () =>
    assertNotEquals(other, fingerprintOf(subject, "RESOURCE", pattern)));
}

Deno.test("two subjects share no id, wherever their names are cut", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "1", ":", "é"), maxLength: 4 });
  const subjects = fc.record({ tenantId: name, detectorId: name, deviceId: name });
  fc.assert(fc.property(subjects, subjects, (left, right) => {
    const isSame = JSON.stringify(left) === JSON.stringify(right);
    assertEquals(incidentId(left, "f", 1) === incidentId(right, "f", 1), isSame);
    assertEquals(anomalyId(left, "f", 1) === incidentId(left, "f", 1), false);
  }));
});
