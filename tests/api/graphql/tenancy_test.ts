import { assert, assertEquals } from "@std/assert";
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  GraphQLID,
  type GraphQLInputField,
  type GraphQLInputType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from "graphql";
import { encodeGlobalId } from "../../../schema/core/global_id.ts";
import { schema } from "../../../schema/mod.ts";
import { addEdge, addEstate, type Estate, type NodeName, openGateway } from "./graphql_fixture.ts";

/** Which type an id must be of, by the name of its argument, or by the field for plain `id`. */
const TYPE_BY_ARGUMENT: Readonly<Record<string, NodeName>> = {
  deviceId: "Device",
  deviceIds: "Device",
  metricId: "Metric",
  detectorId: "Detector",
  jobId: "Job",
};

const TYPE_BY_FIELD: Readonly<Record<string, NodeName>> = {
  device: "Device",
  updateDevice: "Device",
  metric: "Metric",
  updateMetric: "Metric",
  detector: "Detector",
  updateDetector: "Detector",
  model: "Model",
  baseline: "Baseline",
  anomaly: "Anomaly",
  incident: "Incident",
  acknowledgeIncident: "Incident",
  resolveIncident: "Incident",
  silenceIncident: "Incident",
  job: "Job",
  cancelJob: "Job",
  deleteLabel: "Label",
  acceptQuarantinedSeries: "QuarantinedSeries",
  dismissQuarantinedSeries: "QuarantinedSeries",
  revokeApiKey: "ApiKey",
};

/** Ids that stand for something: one of each type. */
type Ids = Readonly<Record<NodeName, string>>;

/** Ids that look like the estate's and are nobody's. */
function nobodysIds({ rows }: Estate): Ids {
  const entries = Object.entries(rows).map(([type, id]) => {
    const other = [...id].reverse().join("");
    return [type, encodeGlobalId(type, other)];
  });
  return Object.fromEntries(entries) as Ids;
}

type Field = GraphQLField<unknown, unknown>;

function hasId(type: GraphQLInputType): boolean {
  const named = getNamedType(type);
  if (named === GraphQLID) return true;
  return isInputObjectType(named) && Object.values(named.getFields()).some((f) => hasId(f.type));
}

/** A value that fits the input, with these ids wherever an id belongs. */
function valueFor(input: GraphQLArgument | GraphQLInputField, field: Field, ids: Ids): unknown {
  const { name } = input;
  const type = isNonNullType(input.type) ? input.type.ofType : input.type;
  const named = getNamedType(type);
  const wrap = (value: unknown) => isListType(type) ? [value] : value;
  if (named === GraphQLID) return wrap(ids[TYPE_BY_ARGUMENT[name] ?? TYPE_BY_FIELD[field.name]]);
  if (isInputObjectType(named)) {
    const entries = Object.values(named.getFields())
      .filter((inner) => isNonNullType(inner.type) || hasId(inner.type))
      .map((inner) => [inner.name, valueFor(inner, field, ids)]);
    return wrap(Object.fromEntries(entries));
  }
  if (named.name === "DateTime") {
    return name === "to" ? "2026-01-02T00:00:00Z" : "2026-01-01T00:00:00Z";
  }
  return wrap({ String: "load", Int: 1, Float: 1, Boolean: true }[named.name] ?? "VIEWER");
}

/** All plain fields of the answer, two levels deep, so that anything that leaks shows. */
function selectionOf(field: Field): string {
  const named = getNamedType(field.type);
  if (isLeafType(named)) return "";
  if (isUnionType(named)) {
    const members = named.getTypes().map((type) => `... on ${type.name} { ${plain(type)} }`);
    return `{ __typename ${members.join(" ")} }`;
  }
  return isObjectType(named) ? `{ ${plain(named)} }` : "{ __typename id }";
}

function plain(type: { getFields(): Record<string, Field> }, depth = 3): string {
  const selections = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    // Times of making tell nothing of others and differ between two runs.
    if (/At$|^version$/.test(field.name)) return [];
    if (isLeafType(named)) return [field.name];
    if (depth === 0 || !isObjectType(named) || field.args.some((arg) => isNonNullType(arg.type))) {
      return [];
    }
    return /^(edges|node|pageInfo|importance)$/.test(field.name)
      ? [`${field.name} { ${plain(named, depth - 1)} }`]
      : [];
  });
  return ["__typename", ...selections].join(" ");
}

function documentOf(kind: "query" | "mutation", field: Field): string {
  const used = field.args.filter((arg) => isNonNullType(arg.type) || hasId(arg.type));
  const variables = used.map((arg) => `$${arg.name}: ${arg.type}`).join(", ");
  const args = used.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  return `${kind} (${variables}) { ${field.name}(${args}) ${selectionOf(field)} }`;
}

function variablesOf(field: Field, ids: Ids): Record<string, unknown> {
  const used = field.args.filter((arg) => isNonNullType(arg.type) || hasId(arg.type));
  return Object.fromEntries(used.map((arg) => [arg.name, valueFor(arg, field, ids)]));
}

/** The answer with every id that was asked for blanked, as it may be quoted. */
function blanked(answer: unknown, ids: Ids, rows: Ids): string {
  let text = JSON.stringify(answer);
  for (const id of [...Object.values(ids), ...Object.values(rows)]) {
    text = text.replaceAll(id, "ID");
  }
  return text;
}

function rowsOf(ids: Ids): Ids {
  const entries = Object.entries(ids).map(([type, id]) => {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(id, { alphabet: "base64url" }));
    return [type, text.slice(text.indexOf(":") + 1)];
  });
  return Object.fromEntries(entries) as Ids;
}

const ROOTS = [
  ["query", schema.getQueryType()],
  ["mutation", schema.getMutationType()],
] as const;

for (const [kind, root] of ROOTS) {
  for (const field of Object.values(root?.getFields() ?? {})) {
    // `node` and `nodes` are asked for every type below.
    if (!field.args.some((arg) => hasId(arg.type)) || /^nodes?$/.test(field.name)) continue;

    Deno.test(`${kind} ${field.name} answers another tenant's ids as it does nobody's`, async () => {
      await using gateway = await openGateway();
      const own = await addEstate(gateway.db, "acme");
      const other = await addEstate(gateway.db, "rival");
      const key = await gateway.keyOf(own.tenant, "admin");
      const query = documentOf(kind, field);
      const nobodys = nobodysIds(own);
      const ask = async (ids: Ids) =>
        blanked(await gateway.ask(key, query, variablesOf(field, ids)), ids, rowsOf(ids));
      const ofOther = await ask(other.ids);
      assertEquals(ofOther, await ask(nobodys));
      assert(!ofOther.includes("Success"), ofOther);
      // With the own ids it is another answer, so that the two above were asked in earnest.
      const ofOwn = await ask(own.ids);
      assert(!ofOwn.includes('"code"'), ofOwn);
      assert(ofOwn !== ofOther, ofOwn);
    });
  }
}

Deno.test("a node of another tenant is null as one that nobody has", async () => {
  await using gateway = await openGateway();
  const own = await addEstate(gateway.db, "acme");
  const other = await addEstate(gateway.db, "rival");
  const key = await gateway.keyOf(own.tenant, "admin");
  const query = `query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }`;
  for (const type of Object.keys(own.ids) as NodeName[]) {
    // Keys are managed and not linked to: they are no nodes.
    if (type === "ApiKey") continue;
    const ask = (id: string) => gateway.ask(key, query, { id, ids: [id] });
    const nothing = { status: 200, data: { node: null, nodes: [null] } };
    assertEquals((await ask(own.ids[type])).data.node, { id: own.ids[type] });
    assertEquals(await ask(other.ids[type]), nothing);
    assertEquals(await ask(nobodysIds(own)[type]), nothing);
  }
});

const LISTS = [
  "devices",
  "metrics",
  "detectors",
  "models",
  "baselines",
  "anomalies",
  "incidents",
  "jobs",
  "changes",
  "edges",
  "labels",
  "driftReports",
  "quarantinedSeries",
];

Deno.test("every list of the schema is looked at", () => {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  const lists = fields.filter(({ args, type }) =>
    args.some(({ name }) => name === "after") && !args.some((arg) => isNonNullType(arg.type)) &&
    getNamedType(type).name.endsWith("Connection")
  );
  // API keys have one for each of the keys that ask: they are looked at elsewhere.
  const expected = lists.map(({ name }) => name).filter((name) => name !== "apiKeys");
  assertEquals(LISTS.toSorted(), expected.toSorted());
});

Deno.test("an edge of another tenant is null as one that nobody has", async () => {
  await using gateway = await openGateway();
  const own = await addEstate(gateway.db, "acme");
  const other = await addEstate(gateway.db, "rival");
  await addEdge(gateway.db, own.tenant, "own");
  await addEdge(gateway.db, other.tenant, "other");
  const key = await gateway.keyOf(own.tenant, "admin");
  const query = '{ own: edge(name: "own") { name } other: edge(name: "other") { name } }';
  assertEquals((await gateway.ask(key, query)).data, { own: { name: "own" }, other: null });
});

Deno.test("lists, their cursors and the event log are the tenant's own", async () => {
  await using gateway = await openGateway();
  const own = await addEstate(gateway.db, "acme");
  const other = await addEstate(gateway.db, "rival");
  const keys = {
    own: await gateway.keyOf(own.tenant, "viewer"),
    other: await gateway.keyOf(other.tenant, "viewer"),
  };
  await addEdge(gateway.db, own.tenant, "edge of acme");
  await addEdge(gateway.db, other.tenant, "edge of rival");
  for (const list of LISTS) {
    // Edges have a name and no id.
    const id = list === "edges" ? "id: name" : "id";
    const query = `query ($after: String) {
      ${list}(after: $after) { edges { cursor node { ${id} } } }
    }`;
    const ofOwn = (await gateway.ask(keys.own, query)).data[list].edges;
    const ofOther = (await gateway.ask(keys.other, query)).data[list].edges;
    assertEquals(ofOwn.length, 1);
    assert(ofOwn[0].node.id !== ofOther[0].node.id);
    const foreign = await gateway.ask(keys.own, query, { after: ofOther[0].cursor });
    const random = await gateway.ask(keys.own, query, { after: "b".repeat(70) });
    assertEquals(foreign.errors?.[0].extensions.code, "CURSOR_INVALID");
    assertEquals(foreign, random);
    const next = await gateway.ask(keys.own, query, { after: ofOwn[0].cursor });
    assertEquals(next.data[list].edges, []);
  }
});
