import { assertEquals } from "@std/assert";
import { NOW, point, telemetry, testEdge } from "./kit.ts";

/** A point that is none, its code and the field that is named. */
const BAD_POINTS: readonly (readonly [string, unknown, code: string, field: string])[] = [
  ["null", null, "POINT_INVALID", ""],
  ["a number", 7, "POINT_INVALID", ""],
  ["a string", "pump-7", "POINT_INVALID", ""],
  ["an array", [1, 2], "POINT_INVALID", ""],
  ["an object with a length", { length: 1e9 }, "DEVICE_INVALID", "device"],
  ["no device", point({ device: undefined }), "DEVICE_INVALID", "device"],
  ["an empty device", point({ device: "" }), "DEVICE_INVALID", "device"],
  ["a device of 201 characters", point({ device: "x".repeat(201) }), "DEVICE_INVALID", "device"],
  ["a device with NUL", point({ device: "pump-7\0" }), "DEVICE_INVALID", "device"],
  ["a device with CR LF", point({ device: "pump-7\r\nx" }), "DEVICE_INVALID", "device"],
  ["a device with half a surrogate", point({ device: "\ud800" }), "DEVICE_INVALID", "device"],
  ["a device that is an object", point({ device: {} }), "DEVICE_INVALID", "device"],
  ["an unknown device", point({ device: "pump-8" }), "DEVICE_UNKNOWN", "device"],
  ["the device __proto__", point({ device: "__proto__" }), "DEVICE_UNKNOWN", "device"],
  ["the device constructor", point({ device: "constructor" }), "DEVICE_UNKNOWN", "device"],
  ["the device toString", point({ device: "toString" }), "DEVICE_UNKNOWN", "device"],
  ["a device with a look-alike letter", point({ device: "рump-7" }), "DEVICE_UNKNOWN", "device"],
  ["no metric", point({ metric: null }), "METRIC_INVALID", "metric"],
  ["an unknown metric", point({ metric: "disk" }), "METRIC_UNKNOWN", "metric"],
  ["the metric __proto__", point({ metric: "__proto__" }), "METRIC_UNKNOWN", "metric"],
  ["the metric valueOf", point({ metric: "valueOf" }), "METRIC_UNKNOWN", "metric"],
  ["no instant", point({ at: undefined }), "TIMESTAMP_INVALID", "at"],
  ["an instant of null", point({ at: null }), "TIMESTAMP_INVALID", "at"],
  ["an instant with a fraction", point({ at: NOW + 0.5 }), "TIMESTAMP_INVALID", "at"],
  ["an instant without offset", point({ at: "2026-06-01T00:00:00" }), "TIMESTAMP_INVALID", "at"],
  ["an instant as digits", point({ at: String(NOW) }), "TIMESTAMP_INVALID", "at"],
  ["nanoseconds", point({ at: NOW * 1e6 }), "TIMESTAMP_INVALID", "at"],
  ["a negative instant", point({ at: -1 }), "TIMESTAMP_TOO_OLD", "at"],
  ["seconds", point({ at: NOW / 1_000 }), "TIMESTAMP_TOO_OLD", "at"],
  ["microseconds", point({ at: NOW * 1_000 }), "FUTURE_TIMESTAMP", "at"],
  ["ten years ahead", point({ at: NOW + 315_360_000_000 }), "FUTURE_TIMESTAMP", "at"],
  ["the year 275760", point({ at: 8.64e15 }), "FUTURE_TIMESTAMP", "at"],
  ["six minutes ahead", point({ at: NOW + 360_000 }), "FUTURE_TIMESTAMP", "at"],
  ["no value", point({ value: undefined }), "VALUE_INVALID", "value"],
  ["a value of null", point({ value: null }), "VALUE_INVALID", "value"],
  ["a value of true", point({ value: true }), "VALUE_INVALID", "value"],
  ['a value of "NaN"', point({ value: "NaN" }), "VALUE_INVALID", "value"],
  ['a value of "1"', point({ value: "1" }), "VALUE_INVALID", "value"],
  ["a value in an array", point({ value: [1] }), "VALUE_INVALID", "value"],
  ["a value below the bounds", point({ metric: "load", value: -1 }), "VALUE_OUT_OF_RANGE", "value"],
  [
    "a value above the bounds",
    point({ metric: "load", value: 101 }),
    "VALUE_OUT_OF_RANGE",
    "value",
  ],
];

for (const [what, bad, code, field] of BAD_POINTS) {
  Deno.test(`POST /v1/telemetry names ${what} and keeps its neighbours`, async () => {
    const { app, store } = testEdge();
    const points = [point({ at: NOW - 120_000 }), bad, point({ at: NOW - 60_000 })];
    const response = await telemetry(app, points);
    const answer = await response.json();
    assertEquals(response.status, 200);
    assertEquals(answer.accepted, 2);
    assertEquals(
      answer.refused.map(({ index, field, code }: Record<string, unknown>) => [index, field, code]),
      [[1, field, code]],
    );
    assertEquals(store.devices.get("pump-7")?.points.size, 2);
  });
}

const BAD_NUMBERS: readonly (readonly [string, string])[] = [
  ["1e999", "VALUE_NOT_FINITE"],
  ["-1e999", "VALUE_NOT_FINITE"],
  ["9".repeat(400), "VALUE_NOT_FINITE"],
];

for (const [number, code] of BAD_NUMBERS) {
  Deno.test(`POST /v1/telemetry refuses the value ${number.slice(0, 12)}`, async () => {
    const { app } = testEdge();
    const body = `{"points":[{"device":"pump-7","metric":"cpu","at":${NOW},"value":${number}}]}`;
    const response = await app.request("/v1/telemetry", {
      method: "POST",
      body,
      headers: { "x-api-key": "key-of-sender", "content-type": "application/json" },
    });
    assertEquals(response.status, 422);
    assertEquals((await response.json()).refused[0].code, code);
  });
}

const GOOD_NUMBERS = [-0, 5e-324, -1.7976931348623157e308, 1e300, 2 ** 53 + 2];

Deno.test("POST /v1/telemetry keeps every finite number as it is, and -0 as 0", async () => {
  const { app, store } = testEdge();
  const points = GOOD_NUMBERS.map((value, i) => point({ at: NOW - 1_000 * (9 - i), value }));
  const answer = await (await telemetry(app, points)).json();
  assertEquals(answer, { accepted: GOOD_NUMBERS.length, late: 0, duplicates: 0, refused: [] });
  const stored = store.commits.flatMap((effects) => effects.points.map(({ value }) => value));
  assertEquals(stored, [0, ...GOOD_NUMBERS.slice(1)]);
});

Deno.test("POST /v1/telemetry takes twins of a name in NFC and NFD as one device", async () => {
  const { app, store } = testEdge();
  store.addDevice("caf\u00e9", { cpu: {} });
  const answer = await (await telemetry(app, [point({ device: "cafe\u0301" })])).json();
  assertEquals(answer.accepted, 1);
});

Deno.test("POST /v1/telemetry repeats at most 64 characters of a bad value", async () => {
  const { app } = testEdge();
  const answer = await (await telemetry(app, [point({ value: "x".repeat(100_000) })])).json();
  assertEquals(answer.refused[0].message.length < 200, true);
});
