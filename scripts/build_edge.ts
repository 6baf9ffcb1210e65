import { buildEdges } from "./build_edge/bundles.ts";
import { EXIT, runTask, tableText } from "./kit/mod.ts";

const TASK = {
  name: "build:edge",
  summary: "Bundles the edge for workerd, Node and browsers, and says how large each is.",
  flags: {
    out: { kind: "text", placeholder: "DIR", default: "dist/edge", help: "Where bundles go" },
    json: { kind: "switch", help: "Rows {name, bytes, gzBytes} on stdout" },
  },
  examples: ["deno task build:edge", "deno task build:edge -- --out build --json"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const sizes = await buildEdges(flags.out);
    output.line(tableText(
      ["bundle", "bytes", "compressed"],
      sizes.map(({ name, bytes, gzBytes }) => [
        name,
        bytes,
        `${(gzBytes / 1_000).toFixed(1)} kB gz`,
      ]),
    ));
    output.result(sizes);
    return EXIT.ok;
  });
}
