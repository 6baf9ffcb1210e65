import type { ColumnRule, Contract } from "./contract.ts";
import { parseContract } from "./parse.ts";

const PERCENT = { min: 0, max: 100 };

/**
 * The contract that ships, of a host's telemetry: CPU and memory in percent, network not below 0, all
 * three required; times, where there are any, in order. More than 5 % of rows with a violation fail.
 */
export const DEFAULT_CONTRACT: Contract = parseContract({
  name: "host",
  entity: "device",
  columns: [
    column("timestamp", ["time", "datetime", "date", "at"], { type: "time", required: false }),
    column("device", ["host", "instance"], { type: "text", required: false }),
    column("cpu", ["cpu_percent", "cpu_usage"], { range: PERCENT }),
    column("memory", ["memory_percent", "memory_usage"], { range: PERCENT }),
    column("network", ["network_io", "network_usage", "network_bytes_total"], {
      range: { min: 0 },
    }),
  ],
});

function column(name: string, aliases: readonly string[], more: Partial<ColumnRule>) {
  return { name, aliases, ...more };
}
