import { assertEquals, assertRejects } from "@std/assert";
import { revokeApiKey, updateDevice } from "../../../domain/mod.ts";
import { resumable, SubscriptionRefusedError } from "../../../api/client/resumable.ts";
import { commit, deps, eventually } from "../../domain/fixtures.ts";
import { openServer } from "./graphql_server.ts";
import {
  addEstate,
  type Estate,
  incidentOf,
  tellIncidents,
  type TestGateway,
} from "./graphql_fixture.ts";

const QUERY = `subscription ($after: Cursor) {
  incidentChanged(after: $after) { cursor action node { fingerprint device { externalId } } }
}`;

/** Tells of incidents, numbered so that their order shows. */
async function tell(gateway: TestGateway, { tenant, rows }: Estate, numbers: readonly number[]) {
  const parts = { deviceId: rows.Device, detectorId: rows.Detector };
  await tellIncidents(
    gateway.db,
    tenant,
    numbers.map((number) => {
      const fingerprint = String(number);
      const incident = { ...incidentOf(parts, number, "told"), fingerprint };
      return { action: "CREATE", at: incident.openedAt, incident } as const;
    }),
  );
}

interface Told {
  readonly incidentChanged: {
    readonly cursor: string;
    readonly node: { readonly fingerprint: string } | null;
  };
}

/** Takes this many events, as their numbers. */
async function take(
  stream: AsyncIterable<{ readonly cursor: string; readonly data: Told }>,
  count: number,
): Promise<{ numbers: number[]; cursor: string }> {
  const numbers: number[] = [];
  let last = "";
  for await (const { cursor, data } of stream) {
    numbers.push(Number(data.incidentChanged.node?.fingerprint));
    last = cursor;
    if (numbers.length === count) break;
  }
  return { numbers, cursor: last };
}

interface Named {
  readonly incidentChanged: { readonly node: { readonly device: { readonly name: string } } };
}

const range = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, index) => from + index);

for (const transport of ["sse", "graphql-transport-ws"] as const) {
  Deno.test(`${transport} gives each event once, in order, from START and live`, async () => {
    await using server = await openServer();
    const { gateway, estate, key, url } = server;
    await tell(gateway, estate, range(1, 4));
    const stream = resumable<Told>({ url, key, query: QUERY, transport, after: "START" });
    const taken = take(stream, 7);
    await tell(gateway, estate, range(4, 7));
    // The estate itself has told of one incident before.
    assertEquals((await taken).numbers.slice(1), range(1, 7));
  });

  Deno.test(`${transport} resumes after a cut without gap or repeat`, async () => {
    await using server = await openServer();
    const { gateway, estate, key, url } = server;
    const first = await (async () => {
      const taken = take(resumable<Told>({ url, key, query: QUERY, transport }), 2);
      await ready(server);
      await tell(gateway, estate, range(1, 6));
      return await taken;
    })();
    assertEquals(first.numbers, [1, 2]);
    const { cursor: after } = first;
    const second = take(resumable<Told>({ url, key, query: QUERY, transport, after }), 5);
    await tell(gateway, estate, range(6, 8));
    assertEquals((await second).numbers, range(3, 8));
  });

  Deno.test(`${transport} tells with an event what changed before it`, async () => {
    await using server = await openServer();
    const { gateway, estate, key, url } = server;
    const query = QUERY.replace("externalId", "name");
    const stream = resumable<Named>({ url, key, query, transport, after: "START" });
    const { tenant, rows } = estate;
    await tell(gateway, estate, [1]);
    const names: string[] = [];
    for await (const { data: { incidentChanged: { node } } } of stream) {
      names.push(node.device.name);
      if (names.length === 4) break;
      if (names.length === 1) continue;
      await commit(
        gateway.db,
        updateDevice(tenant, rows.Device, { name: `Name ${names.length}` }, deps),
      );
      await tell(gateway, estate, [names.length]);
    }
    assertEquals(names.slice(2), ["Name 2", "Name 3"]);
  });

  Deno.test(`${transport} comes back by itself when the server ends its streams`, async () => {
    await using server = await openServer();
    const { gateway, estate, key, url } = server;
    let lost = 0;
    const stream = resumable<Told>({
      url,
      key,
      query: QUERY,
      transport,
      retryMs: { min: 10, max: 10 },
      onLost: () => lost++,
    });
    const taken = take(stream, 6);
    await ready(server);
    await tell(gateway, estate, range(1, 4));
    gateway.server.close();
    await eventually(() => lost > 0);
    await tell(gateway, estate, range(4, 7));
    assertEquals((await taken).numbers, range(1, 7));
  });

  Deno.test(`${transport} is ended within seconds when its key is revoked`, async () => {
    await using server = await openServer();
    const { gateway, estate, key, url } = server;
    const stream = resumable<Told>({ url, key, query: QUERY, transport });
    const ended = assertRejects(() => take(stream, 1), SubscriptionRefusedError);
    await ready(server);
    const row = await estate.tenant.db.selectFrom("api_keys").select("id")
      .where("prefix", "=", key.slice(3, 15)).executeTakeFirstOrThrow();
    await commit(gateway.db, revokeApiKey(estate.tenant, row.id, deps));
    await ended;
  });

  for (
    const [what, after, code] of [
      ["a cursor of another tenant", "foreign", "CURSOR_INVALID"],
      ["a cursor that nobody made", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "CURSOR_INVALID"],
      ["a cursor behind events that are gone", "expired", "CURSOR_EXPIRED"],
    ] as const
  ) {
    Deno.test(`${transport} refuses ${what}`, async () => {
      await using server = await openServer();
      const { gateway, estate, key, url } = server;
      const other = await addEstate(gateway.db, "rival");
      const cursors = {
        foreign: await cursorOf(gateway, await gateway.keyOf(other.tenant, "viewer")),
        expired: await cursorOf(gateway, key),
      };
      if (after === "expired") {
        await tell(gateway, estate, [1]);
        await forgetFirstEvents(gateway, estate);
      }
      const cursor = after in cursors ? cursors[after as keyof typeof cursors] : after;
      const stream = resumable<Told>({ url, key, query: QUERY, transport, after: cursor });
      const error = await assertRejects(() => take(stream, 1), SubscriptionRefusedError);
      assertEquals(error.code, code);
    });
  }
}

async function cursorOf(gateway: TestGateway, key: string): Promise<string> {
  const { data } = await gateway.ask(key, "{ eventCursor }");
  return data.eventCursor;
}

/** Removes all but the newest event, as a retention would. */
async function forgetFirstEvents({ db }: TestGateway, { tenant }: Estate): Promise<void> {
  const head = await db.events.head(tenant.tenantId);
  const query = db.reader.deleteFrom("events").where("tenant_id", "=", tenant.tenantId)
    .where("seq", "<", head).compile();
  await db.writer.commit({ statements: [{ query }] });
}

/** Waits until the stream's own request was taken, which comes after the one for its cursor. */
async function ready({ requests }: { readonly requests: readonly Request[] }): Promise<void> {
  while (requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
}
