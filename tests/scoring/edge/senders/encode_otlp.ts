import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** One field of a message as [number, kind, value]. */
export type Field =
  | readonly [field: number, kind: "message", value: readonly Field[]]
  | readonly [field: number, kind: "text", value: string]
  | readonly [field: number, kind: "uint32", value: number]
  | readonly [field: number, kind: "int64", value: number]
  | readonly [field: number, kind: "double", value: number]
  | readonly [field: number, kind: "fixed64" | "sfixed64", value: bigint];

/** A protobuf message of these fields. */
export function encodeMessage(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeFields(writer, fields);
  return new Uint8Array(writer.finish());
}

function writeFields(writer: BinaryWriter, fields: readonly Field[]): void {
  for (const field of fields) writeField(writer, field);
}

function writeField(writer: BinaryWriter, [number, kind, value]: Field): void {
  switch (kind) {
    case "message":
      writer.tag(number, 2).fork();
      writeFields(writer, value);
      writer.join();
      return;
    case "text":
      writer.tag(number, 2).string(value);
      return;
    case "uint32":
      writer.tag(number, 0).uint32(value);
      return;
    case "int64":
      writer.tag(number, 0).int64(value);
      return;
    case "double":
      writer.tag(number, 1).double(value);
      return;
    default:
      writer.tag(number, 1)[kind](value);
  }
}

/** A `KeyValue` under this field number. */
export function attribute(field: number, key: string, value: string | number | boolean): Field {
  return [field, "message", [[1, "text", key], [2, "message", [anyValue(value)]]]];
}

function anyValue(value: string | number | boolean): Field {
  if (typeof value === "string") return [1, "text", value];
  if (typeof value === "boolean") return [2, "uint32", Number(value)];
  return Number.isInteger(value) ? [3, "int64", value] : [4, "double", value];
}

/** A request of one resource and one scope with these metrics. */
export function exportRequest(
  resource: Readonly<Record<string, string>>,
  metrics: readonly (readonly Field[])[],
): Uint8Array<ArrayBuffer> {
  return encodeMessage([[1, "message", [
    // Behind what it describes, as protobuf allows.
    [2, "message", metrics.map((metric): Field => [2, "message", metric])],
    [1, "message", Object.entries(resource).map(([key, value]) => attribute(1, key, value))],
  ]]]);
}
