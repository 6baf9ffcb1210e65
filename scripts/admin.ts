import { settingsText } from "../api/config.ts";
import { createKeys, KeyError } from "../api/keys.ts";
import { type Database, ROLES } from "../domain/mod.ts";
import { addApiKey, addTenant, allApiKeys, allTenants, withdrawApiKey } from "./admin/actions.ts";
import {
  EXIT,
  type FlagValues,
  type Output,
  runTask,
  tableText,
  TaskError,
  UsageError,
} from "./kit/mod.ts";
import { openMigratedDatabase, orDependencyError, taskConfig } from "./open_database.ts";

const FLAGS = {
  "data": { kind: "text", placeholder: "DIR", help: "Folder, as TREELINE_DATA" },
  "time-zone": { kind: "text", placeholder: "ZONE", default: "UTC", help: "IANA zone of a tenant" },
  "clock": {
    kind: "text",
    placeholder: "MODE",
    default: "live",
    choices: ["live", "replay"],
    help: "live, or replay: only data moves a tenant's time",
  },
  "tier": { kind: "text", placeholder: "NAME", default: "standard", help: "Tier of a tenant" },
  "name": { kind: "text", placeholder: "NAME", default: "admin", help: "Name of a key" },
  "role": {
    kind: "text",
    placeholder: "ROLE",
    default: "viewer",
    choices: ROLES,
    help: `Role of a key, one of ${ROLES.join(", ")}`,
  },
  "json": { kind: "switch", help: "Answer as JSON on stdout" },
} as const;

const TASK = {
  name: "admin",
  summary: "Sets an installation up: signing keys, tenants and API keys.",
  operands: "COMMAND",
  flags: FLAGS,
  examples: [
    "deno task admin keys",
    "deno task admin create-tenant acme -- --time-zone Europe/Berlin",
    "deno task admin create-key acme -- --name ci --role engineer",
  ],
  epilogue: [
    "Commands:",
    "  keys                   Make the keys that sign models and seal cursors",
    "  create-tenant NAME     Add a tenant",
    "  list-tenants           Show all tenants",
    "  create-key TENANT      Add an API key and show it this once",
    "  list-keys TENANT       Show a tenant's API keys",
    "  revoke-key TENANT ID   Take an API key's power, on open streams too",
    "",
    settingsText(),
  ].join("\n"),
} as const;

interface Call {
  readonly operands: readonly string[];
  readonly flags: FlagValues<typeof FLAGS>;
  readonly output: Output;
}

const COMMANDS: Readonly<Record<string, (database: Database, call: Call) => Promise<void>>> = {
  "create-tenant": createTenant,
  "list-tenants": listTenants,
  "create-key": createKey,
  "list-keys": listKeys,
  "revoke-key": revokeKey,
};

if (import.meta.main) {
  await runTask(TASK, async ({ flags, operands: [command, ...operands], output }) => {
    const config = taskConfig({ TREELINE_DATA: flags.data });
    if (command === "keys" && operands.length === 0) return await makeKeys(config.dataDir, output);
    const run = Object.entries(COMMANDS).find(([name]) => name === command)?.[1];
    if (!run) throw new UsageError(`Cannot run admin "${command ?? ""}": see --help for commands`);
    const database = await openMigratedDatabase(config, "deno task admin");
    try {
      await orDependencyError(() => run(database, { operands, flags, output }));
    } finally {
      await database.close();
    }
    return EXIT.ok;
  });
}

async function makeKeys(dataDir: string, output: Output): Promise<number> {
  const folder = `${dataDir}/keys`;
  try {
    const publicKey = await createKeys(folder);
    output.line(`Made keys in ${folder}. Edges trust this public key: ${publicKey}`);
    output.result({ folder, publicKey });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof KeyError) throw new TaskError(EXIT.failedCheck, error.message);
    throw error;
  }
}

async function createTenant(database: Database, { operands, flags, output }: Call): Promise<void> {
  const [name] = exactly(operands, "NAME");
  const tenant = await addTenant(database, {
    name,
    tier: flags.tier,
    timeZone: flags["time-zone"],
    clockMode: flags.clock === "replay" ? "replay" : "live",
  });
  output.line(`Created tenant ${tenant.name} (${tenant.id}) in ${tenant.time_zone}`);
  output.result({ id: tenant.id, name: tenant.name, timeZone: tenant.time_zone });
}

async function listTenants(database: Database, { operands, output }: Call): Promise<void> {
  exactly(operands);
  const tenants = (await allTenants(database)).map((tenant) => ({
    id: tenant.id,
    name: tenant.name,
    tier: tenant.tier,
    timeZone: tenant.time_zone,
    clock: tenant.clock_mode,
  }));
  output.line(
    tableText(
      ["name", "tier", "time zone", "clock", "id"],
      tenants.map((one) => [one.name, one.tier, one.timeZone, one.clock, one.id]),
    ),
  );
  output.result({ tenants });
}

async function createKey(database: Database, { operands, flags, output }: Call): Promise<void> {
  const [tenant] = exactly(operands, "TENANT");
  const role = ROLES.find((one) => one === flags.role)!;
  const { apiKey, secret } = await addApiKey(database, tenant, { name: flags.name, role });
  output.line(`Created key ${apiKey.name} (${apiKey.id}) with role ${role}. It is shown once:`);
  output.line(secret);
  output.result({ id: apiKey.id, name: apiKey.name, role, key: secret });
}

async function listKeys(database: Database, { operands, output }: Call): Promise<void> {
  const [tenant] = exactly(operands, "TENANT");
  const keys = (await allApiKeys(database, tenant)).map((key) => ({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    role: key.role,
    revokedAt: key.revoked_at === null ? null : new Date(key.revoked_at).toISOString(),
  }));
  output.line(
    tableText(
      ["name", "role", "prefix", "revoked", "id"],
      keys.map((key) => [key.name, key.role, key.prefix, key.revokedAt ?? "-", key.id]),
    ),
  );
  output.result({ keys });
}

async function revokeKey(database: Database, { operands, output }: Call): Promise<void> {
  const [tenant, id] = exactly(operands, "TENANT", "ID");
  const key = await withdrawApiKey(database, tenant, id);
  output.line(`Revoked key ${key.name} (${key.id})`);
  output.result({ id: key.id, revoked: true });
}

/** The operands of a command, exactly those that are named. */
function exactly(operands: readonly string[], ...names: string[]): readonly string[] {
  if (operands.length === names.length) return operands;
  const wanted = names.length === 0 ? "nothing" : names.join(" ");
  throw new UsageError(`Cannot use "${operands.join(" ")}": wanted ${wanted} after the command`);
}
