import { assertEquals } from "@std/assert";
import { parse, validate } from "graphql";
import { graphiqlOptions, graphiqlPage } from "../../../api/graphql/graphiql.ts";
import { schema } from "../../../schema/mod.ts";

Deno.test("the examples that GraphiQL opens with fit the schema", () => {
  const { defaultQuery = "" } = graphiqlOptions();
  const errors = validate(schema, parse(defaultQuery)).map(({ message }) => message);
  assertEquals(errors, []);
});

Deno.test("GraphiQL's page loads nothing from elsewhere", async () => {
  const page = await graphiqlPage(graphiqlOptions());
  assertEquals(
    page.match(/<(?:script|link|img)\b[^>]*\b(?:src|href)=["']?(?:https?:)?\/\//g),
    null,
  );
});
