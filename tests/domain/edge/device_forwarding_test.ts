import { assertEquals } from "@std/assert";
import {
  deviceForwarding,
  type ForwardingDetector,
} from "../../../domain/edge/device_forwarding.ts";

const PUMP = { id: "pump-1", cohort: "pumps" };

type Case = readonly [
  says: string,
  detectors: readonly Partial<ForwardingDetector>[],
  wanted: Record<string, string>,
];

const CASES: readonly Case[] = [
  ["nothing watches", [], {}],
  ["one wants less", [{ forwarding: "aggregates" }], { load: "aggregates" }],
  ["another wants all", [{ forwarding: "aggregates" }, { forwarding: "all" }], {}],
  [
    "two want less, the more of it goes up",
    [{ forwarding: "anomalies" }, { forwarding: "aggregates" }],
    { load: "anomalies" },
  ],
  [
    "one has no model yet",
    [{ forwarding: "anomalies" }, { id: "new", forwarding: "aggregates" }],
    {},
  ],
  [
    "they watch different metrics",
    [{ forwarding: "anomalies" }, { metrics: ["heat"] }, { forwarding: "aggregates", metrics: [] }],
    { load: "anomalies" },
  ],
  [
    "what watches other devices does not count",
    [{ forwarding: "anomalies" }, { scope: { kind: "COHORT", cohort: "fans" } }],
    { load: "anomalies" },
  ],
];

for (const [says, detectors, wanted] of CASES) {
  Deno.test(`a device's forwarding where ${says}`, () => {
    const whole = detectors.map((detector): ForwardingDetector => (
      { id: "d", scope: { kind: "TENANT" }, forwarding: "all", metrics: ["load"], ...detector }
    ));
    const found = deviceForwarding(whole, PUMP, [{ detector_id: "d" }]);
    assertEquals(Object.fromEntries(found), wanted);
  });
}
