import { assertEquals } from "@std/assert";
import { addEstate, openGateway } from "./graphql_fixture.ts";

const RECORD = `mutation ($input: RecordChangeInput!) {
  recordChange(input: $input) {
    __typename
    ... on RecordChangeSuccess { change { kind summary details at device { externalId } } }
    ... on InvalidInput { field }
  }
}`;

Deno.test("a change that was recorded is listed with its device", async () => {
  await using gateway = await openGateway();
  const { tenant, ids } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "responder");
  const change = {
    kind: "firmware",
    summary: "3.1 on pump 1",
    details: { version: "3.1" },
    at: "2025-12-24T18:00:00.000Z",
  };
  const input = { ...change, deviceId: ids.Device };
  const recorded = { ...change, device: { externalId: "pump-1" } };
  assertEquals((await gateway.ask(key, RECORD, { input })).data.recordChange, {
    __typename: "RecordChangeSuccess",
    change: recorded,
  });
  const { data } = await gateway.ask(
    key,
    `query ($deviceId: ID) {
      changes(deviceId: $deviceId, from: "2025-12-24T00:00:00Z", to: "2025-12-25T00:00:00Z") {
        edges { node { kind summary details at device { externalId } } }
      }
    }`,
    { deviceId: ids.Device },
  );
  assertEquals(data.changes.edges, [{ node: recorded }]);
});

Deno.test("a change that cannot be taken names its field, and viewers record none", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const input = { kind: "deployment", summary: "v2", details: [1] };
  const outcomeOf = async (role: "viewer" | "responder") =>
    (await gateway.ask(await gateway.keyOf(tenant, role), RECORD, { input })).data.recordChange;
  assertEquals(await outcomeOf("responder"), { __typename: "InvalidInput", field: "details" });
  assertEquals(await outcomeOf("viewer"), { __typename: "Forbidden" });
});
