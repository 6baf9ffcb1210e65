import { assertEquals } from "@std/assert";
import type { StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { KEY } from "../kit.ts";
import { encodeV1, snappy } from "../senders/encode_remote_write.ts";
import { atSite, document, NOW } from "./site.ts";

const SERIES_COUNT = 10_000;
const SAMPLES_PER_BODY = 2_000;
const METRICS = Array.from({ length: SERIES_COUNT }, (_, index) => ({
  name: `container_memory_rss{id="/kubepods/pod-${index}"}`,
  metricId: `metric-${index}`,
  category: "RESOURCE",
  minValue: null,
  maxValue: null,
}));

/** One device that may have all of them; the document says them once. */
const LARGE = {
  ...document,
  metrics: METRICS,
  devices: [{ deviceId: "id-of-node", name: "node-1:8080", latenessMs: 60_000, assignments: [] }],
};

/** As Prometheus sends one scrape of a large exporter; the statuses of its bodies. */
async function scrape(edge: StandaloneEdge, at: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let from = 0; from < SERIES_COUNT; from += SAMPLES_PER_BODY) {
    const body = snappy(encodeV1(Array.from({ length: SAMPLES_PER_BODY }, (_, index) => ({
      labels: [
        ["__name__", "container_memory_rss"],
        ["id", `/kubepods/pod-${from + index}`],
        ["instance", "node-1:8080"],
      ],
      samples: [[at, from + index]],
    }))));
    const headers = {
      "x-api-key": KEY,
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
    };
    const response = await edge.app.request("/api/v1/write", { method: "POST", headers, body });
    statuses.push(response.status);
  }
  return statuses;
}

Deno.test("an instance of 10,000 series is kept and sent whole, each sample once, over restarts", () =>
  atSite(async ({ gateway, open }) => {
    gateway.document = LARGE;
    let edge = open();
    await edge.refreshAssignments();
    const taken = Array.from({ length: SERIES_COUNT / SAMPLES_PER_BODY }, () => 204);
    assertEquals(await scrape(edge, NOW - 30_000), taken);
    assertEquals(await scrape(edge, NOW - 15_000), taken);
    edge = open();
    // A sender repeats what it was not answered, and goes on.
    assertEquals(await scrape(edge, NOW - 15_000), taken);
    assertEquals(await scrape(edge, NOW), taken);
    await edge.sync();
    const sent = new Set<string>();
    let count = 0;
    for (const { points } of gateway.items) {
      for (const { metricId, at, value } of points) {
        sent.add(`${metricId} ${at} ${value}`);
        count++;
      }
    }
    assertEquals([count, sent.size], [3 * SERIES_COUNT, 3 * SERIES_COUNT]);
  }));
