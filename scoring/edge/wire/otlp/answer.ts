import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** How a request came, and how it is answered. */
export type OtlpEncoding = "application/x-protobuf" | "application/json";

/** Data points that were refused, and why the first was. */
export interface PartialSuccess {
  readonly rejectedDataPoints: number;
  readonly errorMessage: string;
}

/** An `ExportMetricsServiceResponse`; without a partial success all was taken. */
export function exportResponse(
  encoding: OtlpEncoding,
  partial: PartialSuccess | undefined,
): Response {
  if (encoding === "application/json") {
    const told = partial &&
      { ...partial, rejectedDataPoints: String(partial.rejectedDataPoints) };
    return respond(
      encoding,
      200,
      JSON.stringify(told === undefined ? {} : { partialSuccess: told }),
    );
  }
  const writer = new BinaryWriter();
  if (partial !== undefined) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(partial.rejectedDataPoints);
    writer.tag(2, WireType.LengthDelimited).string(partial.errorMessage);
    writer.join();
  }
  return respond(encoding, 200, new Uint8Array(writer.finish()));
}

/** `INVALID_ARGUMENT` and `UNAVAILABLE` of google.rpc.Code. */
const CODES = { invalid: 3, unavailable: 14 } as const;

/** A `google.rpc.Status`, as OTLP wants it of every answer that is no success. */
export function statusResponse(
  encoding: OtlpEncoding,
  { status, message, headers }: {
    readonly status: number;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Response {
  const code = status >= 500 || status === 429 ? CODES.unavailable : CODES.invalid;
  if (encoding === "application/json") {
    return respond(encoding, status, JSON.stringify({ code, message }), headers);
  }
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(code);
  writer.tag(2, WireType.LengthDelimited).string(message);
  return respond(encoding, status, new Uint8Array(writer.finish()), headers);
}

function respond(
  encoding: OtlpEncoding,
  status: number,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...headers, "content-type": encoding } });
}
