import { assert } from "@std/assert";

/** A code cache or a feedback vector may still grow; a point that is kept weighs more. */
const GROWTH_BYTES_MAX = 500_000;

for (
  const [name, columnCount] of [
    ["series_novelty", 1],
    ["device_residuals", 38],
    ["level_shift", 8],
  ] as const
) {
  Deno.test(`${name} holds no more after a million points than before`, async () => {
    const script = new URL("./heap_growth.ts", import.meta.url);
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-lock",
        "--no-check",
        "--v8-flags=--expose-gc",
        script.href,
        name,
        `${columnCount}`,
      ],
      stderr: "inherit",
    });
    const { stdout } = await command.output();
    const growth = Number(new TextDecoder().decode(stdout));
    assert(growth < GROWTH_BYTES_MAX, `${growth} bytes more`);
  });
}
