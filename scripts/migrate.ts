import { settingsText } from "../api/config.ts";
import { migrateDown, migrateUp, migrationStatus } from "../migrations/mod.ts";
import type { Database } from "../domain/mod.ts";
import { EXIT, type Output, runTask, tableText, UsageError } from "./kit/mod.ts";
import { openConfiguredDatabase, orDependencyError, taskConfig } from "./open_database.ts";

const TASK = {
  name: "migrate",
  summary: "Brings the database to this version's tables, one step back, or shows where it is.",
  operands: "[up | down | status]",
  flags: {
    data: { kind: "text", placeholder: "DIR", help: "Folder of the database, as TREELINE_DATA" },
    json: { kind: "switch", help: "Answer as JSON on stdout" },
  },
  examples: [
    "deno task migrate",
    "deno task migrate -- status --json",
    "deno task migrate -- down",
  ],
  epilogue: settingsText(),
} as const;

const ACTIONS = { up, down, status } as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, operands, output }) => {
    const [name = "up", ...more] = operands;
    const action = Object.entries(ACTIONS).find(([known]) => known === name)?.[1];
    if (!action || more.length > 0) {
      throw new UsageError(`Cannot migrate "${operands.join(" ")}": wanted up, down or status`);
    }
    const config = taskConfig({ TREELINE_DATA: flags.data });
    const database = await openConfiguredDatabase(config, "deno task migrate");
    try {
      await orDependencyError(() => action(database, output));
    } finally {
      await database.close();
    }
    return EXIT.ok;
  });
}

async function up(database: Database, output: Output): Promise<void> {
  const migrated = await database.migrate(migrateUp);
  output.line(migrated.length === 0 ? "Nothing to migrate" : `Migrated ${migrated.join(", ")}`);
  output.result({ up: migrated });
}

async function down(database: Database, output: Output): Promise<void> {
  const migrated = await database.migrate(migrateDown);
  output.line(migrated.length === 0 ? "Nothing to take back" : `Took back ${migrated.join(", ")}`);
  output.result({ down: migrated });
}

async function status(database: Database, output: Output): Promise<void> {
  const migrations = await database.migrate(migrationStatus);
  const executed = migrations.map(({ name, executedAt }) => ({
    name,
    executedAt: executedAt === undefined ? null : new Date(executedAt).toISOString(),
  }));
  output.line(tableText(
    ["migration", "run at"],
    executed.map(({ name, executedAt }) => [name, executedAt ?? "pending"]),
  ));
  output.result({ migrations: executed });
}
