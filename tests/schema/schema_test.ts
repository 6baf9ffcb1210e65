import { assertEquals } from "@std/assert";
import { isIntrospectionType, isObjectType, isScalarType } from "graphql";
import { printSchema, schema } from "../../schema/mod.ts";

Deno.test("schema.graphql is what the types print", async () => {
  const file = new URL("../../schema/schema.graphql", import.meta.url);
  assertEquals(printSchema(), await Deno.readTextFile(file));
});

Deno.test("every type and field of the schema says what it is", () => {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isScalarType(type)) continue;
    if (!type.description) silent.push(type.name);
    if (!("getFields" in type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.description) silent.push(`${type.name}.${field.name}`);
      if (!isObjectType(type)) continue;
      for (const arg of type.getFields()[field.name].args) {
        if (!arg.description) silent.push(`${type.name}.${field.name}(${arg.name})`);
      }
    }
  }
  assertEquals(silent, []);
});
