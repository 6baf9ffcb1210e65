import Table from "cli-table3";

/** Where a task writes; tests give their own. */
export interface Output {
  /** For people: on stdout, or on stderr when stdout is kept for JSON. */
  line(text?: string): void;
  /** The task's answer for programs: one JSON value on stdout, only with `--json`. */
  result(value: unknown): void;
}

export interface OutputDeps {
  /** stdout is kept for the one JSON value. */
  readonly json: boolean;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export function createOutput({ json, stdout, stderr }: OutputDeps): Output {
  return {
    line: (text = "") => (json ? stderr : stdout)(text + "\n"),
    result: (value) => {
      if (json) stdout(JSON.stringify(value) + "\n");
    },
  };
}

/** The process's own streams. Written synchronously, so that nothing is lost when the task exits. */
export function processOutput(json: boolean): Output {
  const encoder = new TextEncoder();
  const writer = (stream: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    let bytes = encoder.encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  };
  return createOutput({ json, stdout: writer(Deno.stdout), stderr: writer(Deno.stderr) });
}

/** A table without lines, columns padded to their widest cell; numbers go right. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: NO_LINES,
    colAligns: head.map((_, column) =>
      rows.length > 0 && rows.every((row) => typeof row[column] === "number") ? "right" : "left"
    ),
  });
  table.push(...rows.map((row) => row.map((cell) => clean(String(cell)))));
  return table.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}

/** Names come from users: control characters must not reach a terminal. */
function clean(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

const NO_LINES = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
    "middle",
  ].map((name) => [name, ""]),
);
