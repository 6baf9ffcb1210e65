import { assert, assertEquals } from "@std/assert";
import { type RunningProgram, runningProgram } from "./programs.ts";
import { startReceiver, until } from "./receiver.ts";

const APP = new URL("./otlp_app.ts", import.meta.url).pathname;

function startApp(url: string, key: string): RunningProgram {
  const env = {
    OTEL_DENO: "true",
    OTEL_SERVICE_NAME: "pump-house",
    OTEL_METRIC_EXPORT_INTERVAL: "300",
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${key}`,
  };
  const args = ["run", "-A", "--no-lock", "--no-check", APP];
  const options: Deno.CommandOptions = { args, env, stdout: "piped", stderr: "piped" };
  return runningProgram(new Deno.Command(Deno.execPath(), options).spawn());
}

Deno.test("what Deno's own exporter sends is kept", async () => {
  await using receiver = await startReceiver();
  await using app = startApp(receiver.url, receiver.key);
  const values = (metric: string) => receiver.values("pump-house", metric);
  await until(async () => (await values("ticks")).length > 3);
  const ticks = await values("ticks");
  assert(ticks.length > 3, app.output());
  assert(ticks.every((value, index) => index === 0 || value > ticks[index - 1]));
  const level = await values('level{tank="north"}');
  assertEquals([...new Set(level)], [4.5]);
  const [count, sum] = [await values("wait_count"), await values("wait_sum")];
  assertEquals(sum.slice(0, 3), count.slice(0, 3).map((each) => each / 4));
});
