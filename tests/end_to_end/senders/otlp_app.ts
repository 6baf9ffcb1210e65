/** A program that is watched by Deno's own exporter: it counts, and measures how far it is. */
import { metrics } from "npm:@opentelemetry/api@1.9.0";

const meter = metrics.getMeter("test");
const ticks = meter.createCounter("ticks", { unit: "{tick}" });
const wait = meter.createHistogram("wait", { unit: "s" });
meter.createObservableGauge("level", { unit: "m" }).addCallback((observed) => {
  observed.observe(4.5, { tank: "north" });
});
setInterval(() => {
  ticks.add(1);
  wait.record(0.25);
}, 50);
