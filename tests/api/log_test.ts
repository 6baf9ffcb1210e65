import { assert, assertEquals } from "@std/assert";
import { createLog } from "../../api/log.ts";

Deno.test("a log line is one line of JSON whatever it tells", () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), () => 0);
  log("info", "started\nat \x1b[31m1");
  log("error", "failed", new Error("outer", { cause: new Error("inner") }));
  log("warning", "odd", "text");
  assert(lines.every((line) => !line.includes("\n") && !line.includes("\x1b")));
  const [info, error, warning] = lines.map((line) => JSON.parse(line));
  assertEquals(info, {
    timestamp: "1970-01-01T00:00:00.000Z",
    level: "info",
    message: "started\nat \x1b[31m1",
  });
  assert(error.error.includes("outer") && error.error.includes("Caused by Error: inner"));
  assertEquals(warning.error, "text");
});
