/** An edge for Node 20 and later, with the settings of `deno task edge`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import { Readable } from "node:stream";
import { openNodeSqlite } from "../../scoring/edge/platform/node.ts";
import { IN_MEMORY } from "../../scoring/edge/platform/sqlite_file.ts";
import { createStandaloneEdge } from "../../scoring/edge/standalone/mod.ts";
import { sharedOptions } from "../settings.ts";

const { config, ...options } = await sharedOptions((name) => process.env[name]);
const isVolatile = config.volatileBytesMax !== undefined;
if (!isVolatile) await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
const database = await openNodeSqlite(isVolatile ? IN_MEMORY : `${config.dataDir}/edge.db`);
const edge = createStandaloneEdge({ ...options, database });
const stop = new AbortController();
const running = edge.run(stop.signal);
const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch((error) => {
    options.onError(error);
    outgoing.destroy();
  });
});
server.listen(config.port, config.host, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : config.port;
  options.log("info", `Edge "${config.edgeId}" listens on http://${config.host}:${port}`, {});
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = "GET", url = "/", headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = new Request(new URL(url, `http://${config.host}`), {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
    ...hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {},
  } as RequestInit);
  const response = await edge.app.fetch(request);
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(new Uint8Array(await response.arrayBuffer()));
}

async function end(): Promise<void> {
  stop.abort();
  await new Promise((resolve) => server.close(resolve));
  await running;
  // What waits is gone otherwise.
  if (isVolatile) await edge.sync().catch(options.onError);
  edge.close();
}
