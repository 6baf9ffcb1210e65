import { assertEquals } from "@std/assert";
import { NOW, point, post, type Sent, telemetry, type TestEdge, testEdge } from "../kit.ts";
import { countCommitted, EdgeMetrics } from "../../../../scoring/edge/mod.ts";
import { openWorld, SETTING } from "../world.ts";
import { encodeV1, written } from "./encode_remote_write.ts";

const { model, modelId } = await openWorld();
/** Two instants that the detectors are past, and one that they are not. */
const [OLD, OLDER, NEW] = [NOW - 3_600_000, NOW - 7_200_000, NOW - 30_000];
const HOST = [{ key: "host.name", value: { stringValue: "pump-7" } }];

/** An edge whose device is judged, and was a minute ago. */
async function judgedEdge(): Promise<TestEdge> {
  const metrics = new EdgeMetrics();
  const ingest = {
    openModel: () => Promise.resolve(model),
    onCommitted: countCommitted(metrics),
  };
  const edge = testEdge({ metrics, ingest });
  const { assignments } = edge.store.devices.get("pump-7")!;
  assignments.push({ detectorId: SETTING.detectorId, modelId, setting: SETTING });
  await telemetry(edge.app, [point()]);
  return edge;
}

const lateIn = (response: Response) => response.headers.get("x-treeline-samples-late");
const lineAt = (at: number) => `cpu,host=pump-7 value=2 ${at}`;
const sampleAt = (at: number) => [at, 2] as const;

function otlp(instants: readonly number[]): Sent {
  const dataPoints = instants.map((at) => ({ timeUnixNano: `${at}000000`, asDouble: 2 }));
  const metrics = [{ name: "cpu", gauge: { dataPoints } }];
  const scopeMetrics = [{ metrics }];
  return {
    body: JSON.stringify({ resourceMetrics: [{ resource: { attributes: HOST }, scopeMetrics }] }),
  };
}

/** How each way in sends points of these instants, and where it is told how many were late. */
const WAYS: readonly {
  readonly path: string;
  readonly sent: (instants: readonly number[]) => Sent;
  readonly late: (response: Response) => unknown;
  readonly told: readonly [some: unknown, none: unknown];
}[] = [
  {
    path: "/v1/telemetry",
    sent: (instants) => ({
      body: JSON.stringify({ points: instants.map((at) => point({ at, value: 2 })) }),
    }),
    late: async (response) => (await response.json()).late,
    told: [2, 0],
  },
  {
    path: "/api/v1/write",
    sent: (instants) =>
      written(encodeV1([{
        labels: [["__name__", "cpu"], ["device", "pump-7"]],
        samples: instants.map(sampleAt),
      }])),
    late: lateIn,
    told: ["2", "0"],
  },
  {
    path: "/write?precision=ms",
    sent: (instants) => ({ body: instants.map(lineAt).join("\n") }),
    late: lateIn,
    told: ["2", "0"],
  },
  {
    path: "/v1/metrics",
    sent: otlp,
    late: async (response) => (await response.json()).partialSuccess,
    told: [
      {
        rejectedDataPoints: "0",
        errorMessage:
          "2 samples were stored but not judged, as newer ones of their devices had been",
      },
      undefined,
    ],
  },
];
for (const { path, sent, late, told } of WAYS) {
  Deno.test(`${path} tells how many points were stored but not judged`, async () => {
    const { app } = await judgedEdge();
    const some = await post(app, path, sent([OLD, OLDER, NEW]));
    assertEquals([some.ok, await late(some)], [true, told[0]]);
    const none = await post(app, path, sent([NEW + 1]));
    assertEquals([none.ok, await late(none)], [true, told[1]]);
    const exposition = await (await app.request("/metrics")).text();
    assertEquals(/^treeline_points_late_total (\d+)$/m.exec(exposition)?.[1], "2");
  });
}
