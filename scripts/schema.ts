import { printSchema } from "../schema/mod.ts";
import { EXIT, runTask, TaskError } from "./kit/mod.ts";

const FILE = new URL("../schema/schema.graphql", import.meta.url);

const TASK = {
  name: "schema",
  summary: "Writes the GraphQL schema to schema/schema.graphql, or checks that it is up to date.",
  flags: { check: { kind: "switch", help: "Change nothing; exit 1 when the file differs" } },
  examples: ["deno task schema", "deno task schema -- --check"],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, output }) => {
    const text = printSchema();
    if (!flags.check) {
      await Deno.writeTextFile(FILE, text);
      output.line("Wrote schema/schema.graphql");
      return EXIT.ok;
    }
    if (await readStored() !== text) {
      const found = "Cannot accept schema/schema.graphql as the schema has changed";
      throw new TaskError(EXIT.failedCheck, `${found}: run deno task schema and look at the diff`);
    }
    output.line("schema/schema.graphql is up to date");
    return EXIT.ok;
  });
}

async function readStored(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
