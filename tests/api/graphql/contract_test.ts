import { assertEquals } from "@std/assert";
import { addTenant } from "../../domain/fixtures.ts";
import { openGateway } from "./graphql_fixture.ts";

const APPLY = `mutation ($input: ApplyContractInput!) {
  applyContract(input: $input) {
    __typename
    ... on ApplyContractSuccess { metrics { name minValue maxValue } }
    ... on InvalidInput { field }
  }
}`;

Deno.test("engineers apply a contract, and what cannot be taken is told", async () => {
  await using gateway = await openGateway();
  const { tenant } = await addTenant(gateway.db);
  const engineer = await gateway.keyOf(tenant, "engineer");
  const contract = { columns: [{ name: "cpu", range: { min: 0, max: 100 } }] };
  const viewer = await gateway.keyOf(tenant, "viewer");
  const refused = await gateway.ask(viewer, APPLY, { input: { contract } });
  assertEquals(refused.data.applyContract.__typename, "Forbidden");
  const { data } = await gateway.ask(engineer, APPLY, { input: { contract } });
  assertEquals(data.applyContract, {
    __typename: "ApplyContractSuccess",
    metrics: [{ name: "cpu", minValue: 0, maxValue: 100 }],
  });
  const wrong = await gateway.ask(engineer, APPLY, { input: { contract: { columns: [] } } });
  assertEquals(wrong.data.applyContract, { __typename: "InvalidInput", field: "contract.columns" });
  assertEquals(gateway.reported, []);
});
