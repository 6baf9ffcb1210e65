import { assertEquals } from "@std/assert";
import { createDeliveryClock } from "../../../scripts/demo/delivery.ts";

const LATENESS_MS = 60;

function clockFrom(times: number[]) {
  return createDeliveryClock({ latenessMs: LATENESS_MS, nowMs: () => times.shift()! });
}

const point = (device: string, at: number) => ({ device, metric: "m", at, value: 1 });

Deno.test("delivery is measured from the POST whose point closes the bucket", () => {
  const clock = clockFrom([1000, 2000, 3000, 3007]);
  clock.posting([point("a", 100), point("b", 900)]);
  clock.posting([point("a", 160), point("a", 120)]);
  clock.posting([point("a", 400)]);
  clock.arrived("a", 100);
  assertEquals(clock.latenciesMs, [1007]);
});

Deno.test("a change whose bucket no POST has closed is not measured", () => {
  const clock = clockFrom([1000, 1001, 1002]);
  clock.posting([point("a", 100)]);
  clock.arrived("a", 41);
  clock.arrived("b", 0);
  assertEquals(clock.latenciesMs, []);
});
