import { assert, assertEquals } from "@std/assert";
import { countTo } from "../senders/receiver.ts";
import type { Broker } from "./broker.ts";
import { createSourceEdge, pointsOf, type SourceSettings, untilState } from "./source_edge.ts";

const OUTAGES = 10;
const MESSAGES_PER_OUTAGE = 30;
/** The outage in which the broker goes as well. */
const BROKER_OUTAGE = 5;
const STOP_MS_MAX = 5_000;

export interface OutageTest {
  readonly source: SourceSettings;
  /** A server that is restarted once; a file has none. */
  readonly broker?: Broker;
  /** Resolves once the broker has the messages. */
  readonly publish: (bodies: readonly string[]) => Promise<void>;
}

/**
 * Sends numbered points while the edge is killed ten times and its broker restarted once, then holds
 * what the edge's file has against what was sent: each once, none behind a later one.
 */
export async function survivesOutages({ source, broker, publish }: OutageTest): Promise<void> {
  await using edge = await createSourceEdge(source);
  await edge.start();
  // Before its first subscription a broker keeps nothing for it.
  await untilState(edge, "connected");
  let sent = 0;
  for (let outage = 1; outage <= OUTAGES; outage++) {
    const sending = publish(pointsOf(sent + 1, MESSAGES_PER_OUTAGE));
    sent += MESSAGES_PER_OUTAGE;
    await edge.kill();
    await sending;
    if (outage === BROKER_OUTAGE) await broker?.restart();
    await edge.start();
  }
  await edge.untilArrived(sent);
  assert(await edge.stop() < STOP_MS_MAX);
  const { values, lateCount, deadLetters } = edge.kept();
  assertEquals(values, countTo(sent));
  assertEquals(deadLetters, []);
  assertEquals(lateCount, 0);
}

/** Bodies of which each but the numbered ones is wrong in another way, and the codes they get. */
export const POISON = [
  ["not json", "JSON_INVALID"],
  ['{"device":"boiler","metric":"level","value":1e999}', "VALUE_NOT_FINITE"],
  ['{"device":"boiler","metric":"unknown","value":1}', "METRIC_UNKNOWN"],
  ['{"device":"nobody","metric":"level","value":1}', "DEVICE_UNKNOWN"],
  [`["${"x".repeat(5_000)}"]`, "POINT_INVALID"],
] as const;

/** Sends poison between good messages, and sees that it costs none of them and is set aside. */
export async function survivesPoison({ source, publish }: OutageTest): Promise<void> {
  await using edge = await createSourceEdge(source);
  await edge.start();
  await untilState(edge, "connected");
  const good = pointsOf(1, POISON.length * 3);
  await publish(
    good.flatMap((point, index) => index % 3 === 1 ? [point, POISON[(index - 1) / 3][0]] : [point]),
  );
  await edge.untilArrived(good.length);
  assertEquals((await edge.status()).deadLetters, POISON.length);
  await edge.stop();
  const { values, deadLetters } = edge.kept();
  assertEquals(values, countTo(good.length));
  assertEquals(deadLetters.map(({ code }) => code), POISON.map(([, code]) => code));
  assertEquals(
    deadLetters.map(({ body }) => body),
    POISON.map(([body]) => body.slice(0, 4_096)),
  );
}

/** Takes the broker away from a running edge and gives it back: the edge says so, and goes on. */
export async function reconnects(
  { source, broker, publish }: Required<OutageTest>,
): Promise<void> {
  await using edge = await createSourceEdge({ ...source, required: true });
  await edge.start();
  await untilState(edge, "connected");
  await broker.stop();
  await untilState(edge, "down");
  const ready = await edge.ask("/readyz");
  assertEquals(ready.status, 503);
  const { checks } = await ready.json();
  const check = checks.find(({ name }: { name: string }) => name === `source ${source.name}`);
  assert(!check.ok && check.detail.startsWith("down"));
  await broker.start();
  await untilState(edge, "connected");
  await publish(pointsOf(1, 10));
  await edge.untilArrived(10);
  const metrics = await (await edge.ask("/metrics")).text();
  assert(metrics.includes(`treeline_source_messages_total{source="${source.name}"} 10\n`), metrics);
}
