import type { IntakeResult } from "../../intake/mod.ts";
import { contentTypeOf, Problem, readBody } from "../../wire/mod.ts";
import {
  exportResponse,
  MetricSink,
  type OtlpEncoding,
  type PartialSuccess,
  readOtlpJson,
  readOtlpProtobuf,
} from "../../wire/otlp/mod.ts";
import { lateWarning } from "./late.ts";
import type { SenderParts } from "./sender_parts.ts";

const ENCODINGS: readonly OtlpEncoding[] = ["application/x-protobuf", "application/json"];

/** JSON makes objects of all of a body, so it takes a smaller one. */
const JSON_BYTES_MAX = 4 * 1024 * 1024;

/**
 * `POST /v1/metrics`: 200 with what was refused, in the encoding of the request; a sender must not
 * repeat a partial success.
 */
export async function answerOtlp(
  request: Request,
  enter: () => Promise<SenderParts>,
): Promise<Response> {
  const encoding = contentTypeOf(request, ENCODINGS);
  return exportResponse(encoding, await taken(request, encoding, await enter()));
}

async function taken(
  request: Request,
  encoding: OtlpEncoding,
  { intake, bodyLimits, onTaken }: SenderParts,
): Promise<PartialSuccess | undefined> {
  const isJson = encoding === "application/json";
  const bodyBytesMax = isJson
    ? Math.min(JSON_BYTES_MAX, bodyLimits.bodyBytesMax)
    : bodyLimits.bodyBytesMax;
  const body = await readOtlpBody(request, { ...bodyLimits, bodyBytesMax });
  const sink = new MetricSink(await intake.openBatch());
  (isJson ? readOtlpJson : readOtlpProtobuf)(body, sink);
  const result = await intake.take(sink.batch);
  onTaken(result);
  return partialOf(result);
}

/** An empty message has no bytes in protobuf. */
async function readOtlpBody(
  request: Request,
  limits: SenderParts["bodyLimits"],
): Promise<Uint8Array> {
  try {
    return await readBody(request, limits);
  } catch (error) {
    if (error instanceof Problem && error.code === "BODY_EMPTY") return new Uint8Array();
    throw error;
  }
}

/**
 * A data point of which one sample was refused counts as refused, though its others are kept. A
 * message without refused points is a warning, as OTLP has it.
 */
function partialOf({ refused, late }: IntakeResult): PartialSuccess | undefined {
  if (refused.length === 0) {
    return late === 0 ? undefined : { rejectedDataPoints: 0, errorMessage: lateWarning(late) };
  }
  const [{ index, code, message }] = refused;
  return {
    rejectedDataPoints: new Set(refused.map((refusal) => refusal.index)).size,
    errorMessage: `data point ${index}: ${code}: ${message}`,
  };
}
