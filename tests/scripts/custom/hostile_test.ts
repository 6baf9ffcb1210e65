/** Modules that do what they must not: each is refused or ended, and we go on. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type CustomLimits, openCustomAlgorithm } from "../../../scripts/custom/mod.ts";
import { DependencyError } from "../../../scripts/kit/mod.ts";
import { matrixOf } from "../../scoring/algorithm/rows.ts";

const ROWS = matrixOf([[1], [2], [3]]);
const LIMITS: CustomLimits = {
  startMs: 20_000,
  fitMs: 20_000,
  callMs: 20_000,
  memoryBytes: 200 * 1024 * 1024,
  answerBytes: 1024 * 1024,
};
/** For what never answers. */
const HASTY: CustomLimits = { ...LIMITS, fitMs: 200, callMs: 100 };

/** A module whose fit runs the statements before it gives a sound model. */
function moduleOf(statements: string, before = ""): string {
  return `${before}
const fitted = (more = {}) => ({
  columnCount: 1, lookbackRows: 0, scale: "relative",
  open: () => ({ push: () => 1, explain: () => new Float64Array(1) }),
  scoreBatch: ({ rowCount }) => new Float64Array(rowCount),
  serialize: () => new Uint8Array(0),
  ...more,
});
export const algorithm = {
  name: "hostile", input: "rows", source: "a test", parameters: {},
  fit(rows) { ${statements}; return fitted(); },
  restore: () => fitted(),
};`;
}

async function withModule(
  code: string,
  limits: CustomLimits,
  use: (open: () => ReturnType<typeof openCustomAlgorithm>) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-custom-" });
  try {
    await Deno.writeTextFile(`${folder}/secret.txt`, "secret");
    await Deno.writeTextFile(`${folder}/module.js`, code);
    const url = new URL(`file://${folder}/module.js`).href;
    use(() => openCustomAlgorithm({ kind: "module", url, isPrivateAllowed: false }, limits));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The message of the failure of a fit, after which the algorithm must be dead. */
function failureOfFit(open: () => ReturnType<typeof openCustomAlgorithm>): string {
  const { algorithm, close } = open();
  try {
    const { message } = assertThrows(() => algorithm.fit(ROWS, { seed: 1 }), DependencyError);
    assertThrows(() => algorithm.fit(ROWS, { seed: 1 }), DependencyError, message);
    return message;
  } finally {
    close();
  }
}

for (
  const [what, statements, told] of [
    ["reads a file", 'Deno.readTextFileSync("secret.txt")', "NotCapable"],
    ["writes a file", 'Deno.writeTextFileSync("other.txt", "")', "NotCapable"],
    ["reads the environment", 'Deno.env.get("HOME")', "NotCapable"],
    ["starts a program", 'new Deno.Command("id").outputSync()', "NotCapable"],
    ["kills another process", "Deno.kill(1)", "NotCapable"],
    ["kills its own process", 'Deno.kill(Deno.pid, "SIGKILL")', "process has ended"],
    ["aborts", "abort()", "process has ended"],
    ["throws", 'throw new Error("no")', "Error: no"],
    ["fills memory with numbers", "for (;;) kept.push(new Uint8Array(2e7).fill(1))", "memory"],
  ] as const
) {
  Deno.test(`a module that ${what} is refused or ended, and we go on`, () =>
    withModule(
      moduleOf(statements, 'import { abort } from "node:process"; const kept = [];'),
      LIMITS,
      (open) => assertStringIncludes(failureOfFit(open), told),
    ));
}

Deno.test("a module that never ends to fit is ended at the deadline", () =>
  withModule(
    moduleOf("for (;;);"),
    HASTY,
    (open) => assertStringIncludes(failureOfFit(open), "did not answer within 200 ms"),
  ));

Deno.test("a module that fills memory with objects is ended", () =>
  withModule(
    moduleOf("for (;;) kept.push({ one: [kept.length] })", "const kept = [];"),
    LIMITS,
    (open) => failureOfFit(open),
  ));

for (
  const [what, code] of [
    ["never loads", "for (;;);"],
    ["waits for ever", "await new Promise(() => {}); export const algorithm = {};"],
    ["ends its thread", `self.close(); ${moduleOf("")}`],
  ] as const
) {
  Deno.test(`a module that ${what} is ended`, () =>
    withModule(code, { ...LIMITS, startMs: 300 }, (open) => {
      assertThrows(open, DependencyError, "did not answer within 300 ms");
    }));
}

for (
  const [what, code, told] of [
    ["exports nothing", "export const other = 1;", "export an `algorithm`"],
    ["is no module", "export const", ""],
    ["has a name of ours", moduleOf("").replace('"hostile"', '"pca"'), "one of ours"],
    ["has a name with blanks", moduleOf("").replace('"hostile"', '"a b"'), "snake_case"],
    ["has no rules", moduleOf("").replace("parameters: {}", "parameters: 7"), "parameters"],
    [
      "imports a file elsewhere",
      `import text from "/etc/hostname" with { type: "text" }; ${moduleOf("")}`,
      "",
    ],
  ] as const
) {
  Deno.test(`a module that ${what} is not taken`, () =>
    withModule(code, LIMITS, (open) => {
      assertStringIncludes(assertThrows(open, DependencyError).message, told);
    }));
}

Deno.test("a module asks no network, whatever it is", () =>
  withModule(
    moduleOf(
      "if (found.length < 4 || found.some((name) => name !== 'NotCapable' && name !== 'TypeError')) throw new RangeError(found.join())",
      `import { connect } from "node:net";
const found = [];
const note = (error) => found.push(error.name);
await fetch("http://127.0.0.1:8000").then(() => found.push("fetched"), note);
await Deno.connect({ port: 8000 }).then(() => found.push("connected"), note);
await Deno.resolveDns("localhost", "A").then(() => found.push("resolved"), note);
await import("https://example.org/" + found.length + ".js").then(() => found.push("imported"), note);`,
    ),
    LIMITS,
    (open) => {
      const { algorithm, close } = open();
      assertEquals(algorithm.fit(ROWS, { seed: 1 }).columnCount, 1);
      close();
    },
  ));

for (
  const [what, more, told] of [
    ["too few scores", "scoreBatch: () => new Float64Array(1)", "1 scores instead of 3"],
    ["a score that is no number", "scoreBatch: () => new Float64Array(3).fill(NaN)", "NaN"],
    ["an endless score", "scoreBatch: () => new Float64Array(3).fill(Infinity)", "Infinity"],
    ["too much", "scoreBatch: () => new Float64Array(1e6)", "at most 1048576 bytes"],
    ["nothing in time", "scoreBatch: () => { for (;;); }", "within 100 ms"],
  ] as const
) {
  Deno.test(`a module that scores with ${what} is refused`, () =>
    withModule(
      moduleOf("").replace("...more", `${more}`),
      HASTY,
      (open) => {
        const { algorithm, close } = open();
        const fitted = algorithm.fit(ROWS, { seed: 1 });
        const { message } = assertThrows(() => fitted.scoreBatch(ROWS), DependencyError);
        assertStringIncludes(message, told);
        close();
      },
    ));
}

for (
  const [what, face, told] of [
    ["other columns", "columnCount: 2", "has 2"],
    ["a memory that rows have not", "lookbackRows: 5", "looks back"],
    ["an unknown scale", 'scale: "log"', "scale"],
    ["alerts upside down", "alerts: { threshold: 1, release: 2 }", "release"],
  ] as const
) {
  Deno.test(`a module that is fitted with ${what} is refused`, () =>
    withModule(moduleOf("").replace("...more", face), LIMITS, (open) => {
      const { algorithm, close } = open();
      const { message } = assertThrows(() => algorithm.fit(ROWS, { seed: 1 }), DependencyError);
      assertStringIncludes(message, told);
      close();
    }));
}

Deno.test("what a module prints does not come between", () =>
  withModule(moduleOf('console.log("fitting")'), LIMITS, (open) => {
    const { algorithm, close } = open();
    assertEquals(algorithm.fit(ROWS, { seed: 1 }).scoreBatch(ROWS).length, 3);
    close();
  }));
