import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { toHex } from "../../../scoring/numeric/mod.ts";
import {
  INJECTION_KINDS,
  INJECTION_SIZES,
  makeDevice,
  makeFleet,
  SYNTHETIC_BUCKET_MS,
  SYNTHETIC_METRICS,
  type SyntheticDevice,
  type SyntheticLabel,
} from "../../../scoring/synthetic/mod.ts";

const OPTIONS = { seed: 7, days: 21, trainingDays: 3 };
const WIDTH = SYNTHETIC_METRICS.length;
const DEVICE = makeDevice(OPTIONS, 0);
/** The same device without any injection. */
const TWIN = makeDevice({ ...OPTIONS, kinds: [] }, 0);

function rowAt({ times }: SyntheticDevice, at: number): number {
  return (at - times[0]) / SYNTHETIC_BUCKET_MS;
}

function rowsOf({ from, until }: SyntheticLabel): number[] {
  const first = rowAt(DEVICE, from);
  return Array.from({ length: rowAt(DEVICE, until) - first }, (_, step) => first + step);
}

async function digestOf({ values, times, labels }: SyntheticDevice): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([[...values], [...times], labels]));
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", text))).slice(0, 16);
}

Deno.test("the same seed gives the same bytes", async () => {
  assertEquals(await digestOf(DEVICE), "06a7f3f10885779c");
  assertEquals(makeDevice(OPTIONS, 0), DEVICE);
});

Deno.test("another seed and another device give other telemetry and other times", () => {
  for (const other of [makeDevice({ ...OPTIONS, seed: 8 }, 0), makeDevice(OPTIONS, 1)]) {
    assertNotEquals(other.values, DEVICE.values);
    assertNotEquals(other.labels.map(({ from }) => from), DEVICE.labels.map(({ from }) => from));
  }
});

Deno.test("a device does not depend on how many others there are", () => {
  const [, second] = makeFleet(OPTIONS, 2);
  assertEquals(second, makeDevice(OPTIONS, 1));
  assertEquals([second.device, second.trainingRows, second.rowCount], ["device_02", 864, 6048]);
});

Deno.test("every kind comes once behind the training part, half a day apart, in its length", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
      const { labels, times, trainingRows, rowCount } = makeDevice({ ...OPTIONS, seed }, 3);
      assertEquals(labels.map(({ kind }) => kind).sort(), [...INJECTION_KINDS].sort());
      let free = trainingRows;
      for (const { kind, from, until, metrics } of labels) {
        const [first, behind] = [from, until].map((at) => (at - times[0]) / SYNTHETIC_BUCKET_MS);
        const { rows: [min, max] } = INJECTION_SIZES[kind];
        assert(first >= free && behind - first >= min && behind - first <= max);
        assert(metrics.length >= 1 && new Set(metrics).size === metrics.length);
        free = behind + 144;
      }
      assert(free <= rowCount);
    }),
    { numRuns: 5 },
  ));

Deno.test("an injection changes nothing before it and no metric that its label does not name", () => {
  const first = rowAt(DEVICE, DEVICE.labels[0].from);
  assertEquals(DEVICE.values.slice(0, first * WIDTH), TWIN.values.slice(0, first * WIDTH));
  for (const label of DEVICE.labels) {
    const others = SYNTHETIC_METRICS.flatMap(({ name, kind }, metric) =>
      label.metrics.includes(name) || kind === "counter" ? [] : [metric]
    );
    for (const row of rowsOf(label)) {
      for (const metric of others) {
        assertEquals(DEVICE.values[row * WIDTH + metric], TWIN.values[row * WIDTH + metric]);
      }
    }
  }
});

Deno.test("each gauge that a label names differs from its twin within the label", () => {
  for (const label of DEVICE.labels) {
    const rows = rowsOf(label);
    SYNTHETIC_METRICS.forEach(({ name, kind }, metric) => {
      if (!label.metrics.includes(name) || kind === "counter") return;
      const changes = rows.map((row) =>
        DEVICE.values[row * WIDTH + metric] - TWIN.values[row * WIDTH + metric]
      );
      const changed = changes.filter((change) => change !== 0).length;
      assert(2 * changed > rows.length, `${label.kind} of ${name}: ${changed} of ${rows.length}`);
      if (label.kind === "spike") assert(changes.every((change) => change > 0));
      if (label.kind === "drop") assert(changes.every((change) => change < 0));
      if (label.kind === "flatline") {
        const shown = new Set(rows.map((row) => DEVICE.values[row * WIDTH + metric]));
        assertEquals(shown.size, 1);
      }
    });
  }
});

Deno.test("values keep their bounds, follow day and week, and a counter falls only at a restart", () => {
  const { values, rowCount } = TWIN;
  const column = (name: string) => {
    const metric = SYNTHETIC_METRICS.findIndex((one) => one.name === name);
    return Array.from({ length: rowCount }, (_, row) => values[row * WIDTH + metric]);
  };
  const meanAt = (list: number[], wanted: (hour: number, day: number) => boolean) => {
    const taken = list.filter((_, row) => wanted(row / 12 % 24, Math.floor(row / 288) % 7));
    return taken.reduce((sum, value) => sum + value, 0) / taken.length;
  };
  const cpu = column("cpu_percent");
  assert(cpu.every((value) => value >= 0 && value <= 100));
  const workday = meanAt(cpu, (hour, day) => hour >= 12 && hour < 16 && day < 5);
  assert(workday > 15 + meanAt(cpu, (hour, day) => hour < 1 && day < 5));
  assert(workday > 5 + meanAt(cpu, (hour, day) => hour >= 12 && hour < 16 && day >= 5));
  const disk = column("disk_percent");
  assert(disk[rowCount - 1] > disk[0] + 1);
  const bytes = column("network_bytes_total");
  const falls = bytes.filter((value, row) => row > 0 && value < bytes[row - 1]);
  assert(falls.length < 10 && falls.every((value) => value < 300 * 2e7));
});

for (
  const { option, part } of [
    { option: { seed: -1 }, part: "seed" },
    { option: { seed: 2 ** 32 }, part: "seed" },
    { option: { trainingDays: 0.5 }, part: "trainingDays" },
    { option: { days: 13 }, part: "days must be an integer in [14, " },
  ]
) {
  Deno.test(`a device is refused for ${JSON.stringify(option)}`, () => {
    assertThrows(() => makeDevice({ ...OPTIONS, ...option }, 0), RangeError, part);
  });
}
