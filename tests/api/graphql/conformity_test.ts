import { assertEquals } from "@std/assert";
import { serverAudits } from "graphql-http";
import { addEstate, openGateway } from "./graphql_fixture.ts";

Deno.test("all audits of GraphQL over HTTP pass", async (t) => {
  // In development, as one audit asks for a type of the schema.
  await using gateway = await openGateway({ development: true });
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "viewer");
  const fetchFn = (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${key}`);
    return gateway.handle(new Request(url, { ...init, headers }));
  };
  for (const audit of serverAudits({ url: "http://localhost/graphql", fetchFn })) {
    await t.step(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      assertEquals(result.status, "ok", "reason" in result ? result.reason : undefined);
    });
  }
});
