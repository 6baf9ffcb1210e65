import { DEMO_DEVICES, type DemoDevice } from "./demo/catalogue.ts";
import { startDemoGateway } from "./demo/gateway.ts";
import { POINTS_PER_REQUEST } from "./demo/replay.ts";
import { verdictText } from "./demo/report.ts";
import { type DemoResult, runDemo } from "./demo/run.ts";
import { curlText } from "./demo/curl.ts";
import { EXIT, runTask, UsageError } from "./kit/mod.ts";
import { untilAskedToEnd } from "./shutdown.ts";

const POINTS_PER_REQUEST_MAX = 10_000;

const TASK = {
  name: "demo",
  summary: "Replays real series through edge, forests and incidents to a live subscriber.",
  flags: {
    data: {
      kind: "text",
      placeholder: "DIR",
      default: "treeline-demo",
      help: "Folder of database and keys; started fresh",
    },
    keep: { kind: "switch", help: "Go on after each device's last stored point instead" },
    host: { kind: "text", placeholder: "HOST", default: "127.0.0.1", help: "Address to listen on" },
    port: {
      kind: "integer",
      placeholder: "PORT",
      default: 8000,
      min: 0,
      max: 65_535,
      help: "Port; the next free one if taken",
    },
    devices: {
      kind: "text",
      placeholder: "A,B",
      help: "Only these devices; all twelve if not given",
    },
    batch: {
      kind: "integer",
      placeholder: "N",
      default: POINTS_PER_REQUEST,
      min: 1,
      max: POINTS_PER_REQUEST_MAX,
      help: "Points in one request",
    },
    exit: { kind: "switch", help: "End after the table instead of serving on" },
    json: { kind: "switch", help: "One JSON object on stdout, all else on stderr" },
  },
  examples: [
    "deno task demo",
    "deno task demo -- --exit --json > result.json",
    "deno task demo -- --keep --data my-demo --port 9000",
  ],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const devices = devicesOf(flags.devices);
    const { gateway, key } = await startDemoGateway({
      folder: flags.data,
      keep: flags.keep,
      host: flags.host,
      port: flags.port,
      report: console.error,
    });
    output.line(`Data in ${flags.data}`);
    const taken = flags.port !== 0 && gateway.port !== flags.port;
    output.line(`Gateway on ${gateway.url}${taken ? `, as port ${flags.port} is taken` : ""}`);
    const result = await runDemo({
      url: gateway.url,
      key,
      devices,
      pointsPerRequest: flags.batch,
      output,
    });
    output.line(verdictText(result.verdict));
    output.line(measuredText(result));
    output.result(jsonResult(result));
    if (!flags.exit) {
      output.line(await curlText(gateway.url, flags.data, devices));
      await untilAskedToEnd();
    }
    await gateway.close();
    return EXIT.ok;
  });
}

function devicesOf(names: string | undefined): readonly DemoDevice[] {
  if (names === undefined) return DEMO_DEVICES;
  return names.split(",").map((name) => {
    const device = DEMO_DEVICES.find((one) => one.name === name.trim());
    if (device) return device;
    const known = DEMO_DEVICES.map((one) => one.name).join(", ");
    throw new UsageError(`Cannot replay device "${name}": it is none of ${known}`);
  });
}

function measuredText({ points, pointsPerSecond, deliveryMs, peakRssMb }: DemoResult): string {
  const { sent, accepted, duplicates, refused } = points;
  return [
    `${sent} points sent: ${accepted} accepted, ${duplicates} duplicates, ${refused} refused`,
    `${pointsPerSecond} points/s; delivery ${deliveryMs.p50 ?? "-"} ms p50, ` +
    `${deliveryMs.p99 ?? "-"} ms p99; peak memory ${peakRssMb} MB`,
  ].join("\n");
}

function jsonResult({ verdict, ...measured }: DemoResult) {
  return {
    points: measured.points,
    pointsPerSecond: measured.pointsPerSecond,
    incidents: verdict.incidents.map((incident) => ({
      device: incident.device,
      openedAt: new Date(incident.openedAt).toISOString(),
      lastAt: new Date(incident.lastAt).toISOString(),
      state: incident.state,
      peakScore: incident.peakScore,
      severity: incident.severity,
      topMetric: incident.topMetric,
      inWindow: incident.inWindow,
    })),
    windows: verdict.windows,
    incidentsOutside: verdict.incidentsOutside,
    deliveryMs: measured.deliveryMs,
    peakRssMb: measured.peakRssMb,
  };
}
