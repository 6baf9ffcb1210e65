/**
 * The bare ingest peer: the least that a server must do to acknowledge durably what it was sent. HTTP,
 * JSON, a look-up of the series, one `json_each` insert a request, with the gateway's pragmas.
 */
import { createClient } from "@libsql/client";
import { DEVICE_COUNT, deviceName, METRICS, postHistory } from "./ingest_load.ts";
import { serveSide } from "./side.ts";

interface Point {
  readonly device: string;
  readonly metric: string;
  readonly at: number;
  readonly value: number;
}

const [folder, historyBodies] = Deno.args;
const client = createClient({ url: `file:${folder}/peer.db`, concurrency: 1 });
for (const pragma of ["journal_mode = wal", "synchronous = full", "foreign_keys = on"]) {
  await client.execute(`pragma ${pragma}`);
}
await client.execute(
  "create table points (series_id integer, at integer, value real, primary key (series_id, at)) " +
    "without rowid",
);

const seriesIds = new Map<string, number>();
for (let device = 0; device < DEVICE_COUNT; device++) {
  for (const metric of METRICS) seriesIds.set(`${deviceName(device)} ${metric}`, seriesIds.size);
}

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  async (request) => {
    const { points } = await request.json() as { points: Point[] };
    const rows = points.map((p) => [seriesIds.get(`${p.device} ${p.metric}`), p.at, p.value]);
    const sql = "insert into points select value ->> 0, value ->> 1, value ->> 2 from json_each(?)";
    await client.batch([{ sql, args: [JSON.stringify(rows)] }], "write");
    return Response.json({ accepted: points.length });
  },
);
const url = `http://127.0.0.1:${server.addr.port}`;
await postHistory(url, Number(historyBodies));
await serveSide(url);
