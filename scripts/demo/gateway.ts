import { createKeys, readKeys } from "../../api/keys.ts";
import { type Gateway, startGateway } from "../../api/main.ts";
import { AddressInUseError } from "../../api/serve.ts";
import type { GatewayConfig } from "../../api/config.ts";
import { type Database, findTenantByName, verifyApiKey } from "../../domain/mod.ts";
import { addApiKey, addTenant } from "../admin/actions.ts";
import { DependencyError } from "../kit/mod.ts";
import { openMigratedDatabase } from "../open_database.ts";
import { prepareFolder } from "./folder.ts";

/** Ports that are tried behind the one wanted. */
const NEXT_PORTS = 20;
const DRAIN_MS = 1_000;
const TENANT = "demo";
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

export interface DemoGatewayOptions {
  readonly folder: string;
  /** Go on with what an earlier demo left. */
  readonly keep: boolean;
  readonly host: string;
  readonly port: number;
  readonly report: (error: unknown) => void;
}

export interface DemoGateway {
  readonly gateway: Gateway;
  /** API key of the demo's tenant. */
  readonly key: string;
}

/**
 * Sets an embedded gateway up as an operator would: keys, tables, tenant and API key by the code of
 * `deno task admin`, then gateway and in-process edge on one port.
 */
export async function startDemoGateway(options: DemoGatewayOptions): Promise<DemoGateway> {
  const { folder, keep, report } = options;
  await prepareFolder(folder, keep);
  const keysFolder = `${folder}/keys`;
  if (!await exists(`${keysFolder}/signing.key`)) await createKeys(keysFolder);
  const config = configOf(options);
  const database = await openMigratedDatabase(config, `a demo in "${folder}"`);
  try {
    const key = await tenantKey(database, `${folder}/api-key`);
    // Who reaches the page may use the key in it, so it is in none that others can reach.
    const graphiqlHeaders = LOOPBACK.includes(config.host)
      ? { authorization: `Bearer ${key}` }
      : undefined;
    const keys = await readKeys(keysFolder);
    const nextPorts = NEXT_PORTS;
    const gateway = startGateway({ config, database, keys, nextPorts, graphiqlHeaders, report });
    return { gateway, key };
  } catch (error) {
    await database.close();
    if (error instanceof AddressInUseError) throw new DependencyError(error.message);
    throw error;
  }
}

function configOf({ folder, host, port }: DemoGatewayOptions): GatewayConfig {
  return {
    dataDir: folder,
    databaseUrl: `file:${folder}/treeline.db`,
    databaseToken: undefined,
    host,
    port,
    development: true,
    cursorSecret: undefined,
    drainMs: DRAIN_MS,
  };
}

/** The key that an earlier demo has kept in its folder, or a new one; the database has only hashes. */
async function tenantKey(database: Database, path: string): Promise<string> {
  const kept = await exists(path) ? (await Deno.readTextFile(path)).trim() : undefined;
  if (kept && await verifyApiKey(database, kept)) return kept;
  if (!await findTenantByName(database, TENANT)) {
    // The series carry local times without a zone, which are read as UTC.
    await addTenant(database, { name: TENANT, timeZone: "UTC", clockMode: "replay" });
  }
  const { secret } = await addApiKey(database, TENANT, { name: "demo", role: "engineer" });
  await Deno.writeTextFile(path, secret + "\n", { mode: 0o600 });
  return secret;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
