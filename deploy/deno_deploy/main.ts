/**
 * An edge for Deno Deploy, or `deno serve`: no file system, no native code. It scores; where it is
 * given memory it takes telemetry as well, for as long as its isolate lives.
 */
import {
  createStandaloneEdge,
  createStatelessEdge,
  type StandaloneEdge,
  type StatelessEdge,
} from "../../scoring/edge/standalone/mod.ts";
import { IN_MEMORY } from "../../scoring/edge/platform/sqlite_file.ts";
import { sharedOptions } from "../settings.ts";

let edge: Promise<StatelessEdge | StandaloneEdge> | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    edge ??= openEdge();
    return await (await edge).app.fetch(request);
  },
};

async function openEdge(): Promise<StatelessEdge | StandaloneEdge> {
  const { config, ...options } = await sharedOptions((name) => Deno.env.get(name));
  if (config.volatileBytesMax === undefined) return createStatelessEdge(options);
  // Not every host has it, and who scores alone needs none.
  const { openSqlite } = await import("../../scoring/edge/platform/deno.ts");
  const opened = createStandaloneEdge({ ...options, database: openSqlite(IN_MEMORY) });
  // It ends with the isolate, which nobody announces.
  opened.run(new AbortController().signal).catch(options.onError);
  return opened;
}
