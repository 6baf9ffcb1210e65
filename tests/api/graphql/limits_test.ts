import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { addEstate, graphqlRequest, openGateway } from "./graphql_fixture.ts";

interface Attack {
  readonly name: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Code of the first error, and the limit that it names. */
  readonly code: string;
  readonly limit?: string;
}

const FRAGMENTS = Array.from(
  { length: 20 },
  (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
).join(" ") + " fragment F20 on Query { __typename }";

const CIRCLE = "incidents { edges { node { device { ";

const ATTACKS: readonly Attack[] = [
  {
    name: "a document of 200,000 tokens",
    query: `{ ${"a ".repeat(200_000)}}`,
    code: "LIMIT_EXCEEDED",
    limit: "TOKENS_MAX",
  },
  {
    name: "selections 5,000 deep",
    query: `${"{a".repeat(5_000)}${"}".repeat(5_000)}`,
    code: "LIMIT_EXCEEDED",
    limit: "NESTING_MAX",
  },
  {
    name: "a list literal 5,000 deep",
    query: `{ device(id: ${"[".repeat(5_000)}${"]".repeat(5_000)}) { id } }`,
    code: "LIMIT_EXCEEDED",
    limit: "NESTING_MAX",
  },
  {
    name: "types that go round in a circle",
    query: `{ devices { edges { node { ${CIRCLE.repeat(4)} id ${"}}}}".repeat(4)} }}}}`,
    code: "LIMIT_EXCEEDED",
    limit: "DEPTH_MAX",
  },
  {
    name: "fields deeper than any use",
    query: `{ devices ${"{ edges { node { incidents ".repeat(6)}{ __typename }${"}}}".repeat(6)} }`,
    code: "LIMIT_EXCEEDED",
    limit: "DEPTH_MAX",
  },
  {
    name: "one field under 1,000 aliases",
    query: `{ ${Array.from({ length: 400 }, (_, index) => `a${index}: eventCursor`).join(" ")} }`,
    code: "LIMIT_EXCEEDED",
    limit: "ALIASES_MAX",
  },
  {
    name: "the same field 1,000 times",
    query: `{ ${"eventCursor ".repeat(1_000)} }`,
    code: "LIMIT_EXCEEDED",
    limit: "DUPLICATES_MAX",
  },
  {
    name: "500 directives",
    query: `{ eventCursor ${"@skip(if: false) ".repeat(300)} }`,
    code: "LIMIT_EXCEEDED",
    limit: "DIRECTIVES_MAX",
  },
  {
    name: "fragments that double 20 times",
    query: `${FRAGMENTS} query { ...F0 }`,
    code: "LIMIT_EXCEEDED",
    limit: "SELECTIONS_MAX",
  },
  {
    name: "a fragment that spreads itself",
    query: "fragment A on Query { ...B } fragment B on Query { ...A } { ...A }",
    code: "GRAPHQL_VALIDATION_FAILED",
  },
  {
    name: "pages inside pages inside pages",
    query: `{ devices(first: 200) { edges { node { incidents(first: 200) { edges { node {
      anomalies(first: 200) { edges { node { id } } } } } } } } } }`,
    code: "LIMIT_EXCEEDED",
    limit: "COST_MAX",
  },
  {
    name: "pages inside pages whose size is a variable",
    query: `query ($n: Int) { devices(first: $n) { edges { node { incidents(first: $n) { edges {
      node { id } } } } } } }`,
    variables: { n: 200 },
    code: "LIMIT_EXCEEDED",
    limit: "COST_MAX",
  },
  {
    name: "a page of all there is",
    query: "{ devices(first: 201) { pageInfo { hasNextPage } } }",
    code: "LIMIT_EXCEEDED",
    limit: "PAGE_SIZE_MAX",
  },
  {
    name: "a page as great as integers get",
    query: "{ devices(first: 2147483647) { pageInfo { hasNextPage } } }",
    code: "LIMIT_EXCEEDED",
    limit: "PAGE_SIZE_MAX",
  },
  {
    name: "more nodes than a query may load",
    query: "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
    variables: { ids: Array.from({ length: 101 }, () => "RGV2aWNlOjE") },
    code: "LIMIT_EXCEEDED",
    limit: "NODES_MAX",
  },
  {
    name: "an integer past 32 bits",
    query: "{ devices(first: 99999999999) { pageInfo { hasNextPage } } }",
    code: "GRAPHQL_VALIDATION_FAILED",
  },
  {
    name: "a page of less than nothing",
    query: "{ devices(first: -1) { pageInfo { hasNextPage } } }",
    code: "INVALID_INPUT",
  },
  {
    name: "a cursor that nobody made",
    query: `{ devices(after: "NaN") { pageInfo { hasNextPage } } }`,
    code: "CURSOR_INVALID",
  },
  {
    name: "an id that nobody made",
    query: `{ device(id: "../../etc/passwd") { id } }`,
    code: "INVALID_INPUT",
  },
  {
    name: "a filter by an id that is empty",
    query: `{ incidents(filter: { deviceId: "" }) { pageInfo { hasNextPage } } }`,
    code: "INVALID_INPUT",
  },
  {
    name: "a filter by an id of nothing",
    query: `{ incidents(filter: { deviceId: "RGV2aWNlOg" }) { pageInfo { hasNextPage } } }`,
    code: "INVALID_INPUT",
  },
  {
    name: "a node that nobody made",
    query: `{ node(id: "__proto__") { id } }`,
    code: "INVALID_INPUT",
  },
  {
    name: "a node of a type that is none",
    query: `{ node(id: "X19wcm90b19fOjE") { id } }`,
    code: "BAD_REQUEST",
  },
  {
    name: "the schema",
    query: "{ __schema { types { name } } }",
    code: "GRAPHQL_VALIDATION_FAILED",
  },
  {
    name: "a type of the schema",
    query: `{ __type(name: "Device") { name } }`,
    code: "GRAPHQL_VALIDATION_FAILED",
  },
  {
    name: "no operation",
    query: "fragment A on Query { eventCursor }",
    code: "OPERATION_RESOLUTION_FAILURE",
  },
  { name: "no document", query: "", code: "GRAPHQL_PARSE_FAILED" },
  { name: "what is not GraphQL", query: "SELECT * FROM devices", code: "GRAPHQL_PARSE_FAILED" },
  {
    name: "an instant that is none",
    query: `{ anomalies(filter: { from: "2026-02-30T00:00:00Z" }) { pageInfo { hasNextPage } } }`,
    code: "BAD_USER_INPUT",
  },
  {
    name: "a value of another type",
    query: "query ($n: Int) { devices(first: $n) { pageInfo { hasNextPage } } }",
    variables: { n: { toString: "1" } },
    code: "BAD_REQUEST",
  },
];

Deno.test("hostile documents are refused by a code, and by the limit that they pass", async (t) => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "admin");
  for (const { name, query, variables, code, limit } of ATTACKS) {
    await t.step(name, async () => {
      const response = await gateway.handle(graphqlRequest(key, { query, variables }));
      const text = await response.text();
      const { errors } = JSON.parse(text);
      assertEquals(errors[0].extensions.code, code, text);
      assertEquals(errors[0].extensions.limit?.name, limit);
      assertLess(response.status, 500);
      assertLess(text.length, 4_096);
      assert(!/did you mean/i.test(text));
    });
  }
});

Deno.test("hostile requests are refused before they are read further", async (t) => {
  await using gateway = await openGateway();
  const { tenant } = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(tenant, "admin");
  const query = "{ eventCursor }";
  const url = "http://localhost/graphql";
  const headers = { authorization: `Bearer ${key}` };
  const json = { ...headers, "content-type": "application/json" };
  const post = (body: BodyInit, extra: Record<string, string> = json) =>
    new Request(url, { method: "POST", headers: extra, body });
  const cases: readonly (readonly [name: string, status: number, request: Request])[] = [
    ["no key", 401, graphqlRequest("", { query })],
    ["a wrong key", 401, graphqlRequest(`tl_${"a".repeat(12)}_${"b".repeat(43)}`, { query })],
    ["a key with something behind it", 401, graphqlRequest(`${key}x`, { query })],
    ["a body of 12 MB", 413, post(JSON.stringify({ query, variables: { a: "a".repeat(12e6) } }))],
    ["JSON 100,000 deep", 400, post(`{"query":"{a}","variables":${"[".repeat(100_000)}`)],
    ["JSON that is cut", 400, post(`{"query":"{ eventCursor`)],
    ["no JSON", 400, post("query")],
    ["JSON that is a number", 400, post("1")],
    ["JSON that is null", 400, post("null")],
    ["a query that is no text", 400, post(`{"query":1}`)],
    ["variables that are a list", 400, post(`{"query":"${query}","variables":[1]}`)],
    ["a batch", 400, post(JSON.stringify([{ query }, { query }]))],
    ["text that is not UTF-8", 400, post(new Uint8Array([0x22, 0xff, 0xfe, 0x22]))],
    [
      "a form",
      415,
      post(`query=${query}`, {
        ...headers,
        "content-type": "application/x-www-form-urlencoded",
      }),
    ],
    ["GraphQL as such", 415, post(query, { ...headers, "content-type": "application/graphql" })],
    [
      "plain text",
      415,
      post(JSON.stringify({ query }), {
        ...headers,
        "content-type": "text/plain",
      }),
    ],
    [
      "a multipart form",
      415,
      post("--a--", {
        ...headers,
        "content-type": "multipart/form-data; boundary=a",
      }),
    ],
    ["a compressed body", 415, post("x", { ...json, "content-encoding": "gzip" })],
    [
      "an address of 9,000 characters",
      414,
      new Request(`${url}?query=${"a".repeat(9_000)}`, {
        headers,
      }),
    ],
    [
      "a mutation by GET",
      405,
      new Request(
        `${url}?query=${
          encodeURIComponent("mutation { revokeApiKey(input: {id: 1}) { __typename } }")
        }`,
        { headers },
      ),
    ],
    ["a preflight", 401, new Request(url, { method: "OPTIONS" })],
    ["PUT", 405, new Request(url, { method: "PUT", headers, body: "{}" })],
  ];
  for (const [name, status, request] of cases) {
    await t.step(name, async () => {
      const response = await gateway.handle(request);
      const text = await response.text();
      assertEquals(response.status, status, text.slice(0, 400));
      assertEquals(response.headers.get("access-control-allow-origin"), null);
      assertLess(text.length, 4_096);
    });
  }
});

Deno.test("GraphiQL is shown and the schema told in development only", async () => {
  const page = () =>
    new Request("http://localhost/graphql", { headers: { accept: "text/html,*/*" } });
  const schema = "{ __schema { queryType { name } } }";
  for (const development of [true, false]) {
    await using gateway = await openGateway({ development });
    const { tenant } = await addEstate(gateway.db, "acme");
    const key = await gateway.keyOf(tenant, "viewer");
    const shown = await gateway.handle(page());
    assertEquals(shown.status, development ? 200 : 401);
    if (development) assertStringIncludes(await shown.text(), "Treeline");
    const { data } = await gateway.ask(key, schema);
    assertEquals(data?.__schema?.queryType.name, development ? "Query" : undefined);
  }
});
