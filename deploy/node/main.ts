/** An edge for Node 20 and later, with the settings of `deno task edge`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import { Readable } from "node:stream";
import { openNodeSqlite } from "../../scoring/edge/platform/node.ts";
import { IN_MEMORY } from "../../scoring/edge/platform/sqlite_file.ts";
import { createStandaloneEdge } from "../../scoring/edge/standalone/mod.ts";
import { sharedOptions } from "../settings.ts";

const { config, ...options } = await sharedOptions((name) => process.env[name]).catch(giveUp);
const isVolatile = config.volatileBytesMax !== undefined;
if (!isVolatile) await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
const database = await openNodeSqlite(isVolatile ? IN_MEMORY : `${config.dataDir}/edge.db`)
  .catch(giveUp);
const edge = createStandaloneEdge({ ...options, database });
const stop = new AbortController();
const running = edge.run(stop.signal);
const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch((error) => {
    options.onError(error);
    outgoing.destroy();
  });
});
server.on("error", giveUp);
server.listen(config.port, config.host, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : config.port;
  options.log("info", `Edge "${config.edgeId}" listens on http://${config.host}:${port}`, {});
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = requestOf(incoming);
  const response = request ? await edge.app.fetch(request) : new Response(null, { status: 400 });
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(new Uint8Array(await response.arrayBuffer()));
}

/** `undefined` for a method or a path that no `Request` may have. */
function requestOf(incoming: IncomingMessage): Request | undefined {
  const { method = "GET", url = "/", headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
  try {
    const address = new URL(url, `http://${config.host}`);
    return new Request(address, { method, headers: pairs, ...body } as RequestInit);
  } catch {
    return undefined;
  }
}

/** A setting, a driver, the file or the port is not as it must be: a sentence says more than a stack. */
function giveUp(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function end(): Promise<void> {
  stop.abort();
  await new Promise((resolve) => server.close(resolve));
  await running;
  // What waits is gone otherwise.
  if (isVolatile) await edge.sync().catch(options.onError);
  edge.close();
}
