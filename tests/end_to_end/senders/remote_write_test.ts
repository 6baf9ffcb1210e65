import { assert, assertEquals, assertMatch } from "@std/assert";
import { freePort } from "../gateway_process.ts";
import { delay } from "../sender.ts";
import { type RunningProgram, startProgram, testWith } from "./programs.ts";
import { countTo, type Receiver, startReceiver, until } from "./receiver.ts";
import { scrapeConfig, type ScrapeTarget, startTarget } from "./scrape_target.ts";

const OUTAGES = 10;
const METRIC = 'scrapes_total{instance="127.0.0.1:PORT",job="test",kind="real"}';

/** A sender that runs, and how it counts what it could not send. */
interface Sender extends RunningProgram {
  lost(): Promise<number>;
}

type StartSender = (binary: string, receiver: Receiver, target: ScrapeTarget) => Promise<Sender>;

async function startPrometheus(
  binary: string,
  { folder, url, key }: Receiver,
  target: ScrapeTarget,
): Promise<Sender> {
  const port = freePort();
  await Deno.writeTextFile(
    `${folder}/prometheus.yml`,
    scrapeConfig(target) + `
remote_write:
  - url: ${url}/api/v1/write
    authorization: { credentials: "${key}" }
    queue_config: { batch_send_deadline: 300ms, min_backoff: 30ms, max_backoff: 300ms }
`,
  );
  const program = startProgram(binary, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/prometheus`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const lost = () =>
    counted(`http://127.0.0.1:${port}/metrics`, [
      "prometheus_remote_storage_samples_dropped_total",
      "prometheus_remote_storage_samples_failed_total",
    ]);
  return Object.assign(program, { lost });
}

async function startVmagent(
  binary: string,
  { folder, url, key }: Receiver,
  target: ScrapeTarget,
): Promise<Sender> {
  const port = freePort();
  await Deno.writeTextFile(`${folder}/vmagent.yml`, scrapeConfig(target));
  const program = startProgram(binary, [
    `-promscrape.config=${folder}/vmagent.yml`,
    `-remoteWrite.url=${url}/api/v1/write`,
    `-remoteWrite.bearerToken=${key}`,
    `-remoteWrite.tmpDataPath=${folder}/vmagent`,
    "-remoteWrite.flushInterval=300ms",
    `-httpListenAddr=127.0.0.1:${port}`,
  ]);
  const lost = () =>
    counted(`http://127.0.0.1:${port}/metrics`, ["vmagent_remotewrite_packets_dropped_total"]);
  return Object.assign(program, { lost });
}

/** Sum of these counters of an exposition. */
async function counted(url: string, names: readonly string[]): Promise<number> {
  const lines = (await (await fetch(url)).text()).split("\n");
  const values = lines.filter((line) => names.some((name) => line.startsWith(name)))
    .map((line) => Number(line.slice(line.lastIndexOf(" "))));
  assert(values.length > 0, `Cannot find ${names.join(", ")}`);
  return values.reduce((sum, value) => sum + value, 0);
}

const SENDERS: readonly (readonly ["prometheus" | "vmagent", StartSender])[] = [
  ["prometheus", startPrometheus],
  ["vmagent", startVmagent],
];
for (const [name, startSender] of SENDERS) {
  testWith(name, `${name}: each scrape is there once after ${OUTAGES} outages`, async (binary) => {
    await using receiver = await startReceiver();
    await using target = startTarget();
    await using sender = await startSender(binary, receiver, target);
    const metric = METRIC.replace("PORT", String(target.port));
    const values = () => receiver.values("boiler", metric);
    await until(async () => (await values()).length > 0);
    for (let i = 0; i < OUTAGES; i++) {
      await receiver.outage();
      await delay(300);
    }
    target.stop();
    await until(async () => (await values()).length >= target.scrapes);
    assertEquals(await values(), countTo(target.scrapes), sender.output());
    assertEquals(await sender.lost(), 0);
  });

  testWith(name, `${name}: a poison sample costs none of its neighbours`, async (binary) => {
    await using receiver = await startReceiver();
    await using target = startTarget({ isPoisoned: true });
    await using sender = await startSender(binary, receiver, target);
    const metric = METRIC.replace("PORT", String(target.port));
    const values = () => receiver.values("boiler", metric);
    await until(async () => (await values()).length > 10);
    target.stop();
    await until(async () => (await values()).length >= target.scrapes);
    assertEquals(await values(), countTo(target.scrapes));
    assert(!(await receiver.metrics()).some((each) => each.startsWith("poison")));
    assertMatch(sender.output(), /400/);
  });
}
