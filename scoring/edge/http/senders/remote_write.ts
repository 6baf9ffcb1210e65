import type { IntakeResult, SampleBatch } from "../../intake/mod.ts";
import { Problem, quoted, readBody } from "../../wire/mod.ts";
import { readWriteRequest, readWriteRequestV2 } from "../../wire/prometheus/mod.ts";
import { lateHeader } from "./late.ts";
import type { SenderParts } from "./sender_parts.ts";

const READERS: ReadonlyMap<string, (bytes: Uint8Array, batch: SampleBatch) => void> = new Map([
  ["prometheus.WriteRequest", readWriteRequest],
  ["io.prometheus.write.v2.Request", readWriteRequestV2],
]);

/**
 * `POST /api/v1/write`: 204 when all samples are taken, 400 when one was refused although its
 * neighbours are kept. A sender repeats only what is answered with a 5xx.
 */
export async function answerRemoteWrite(
  request: Request,
  { intake, bodyLimits, onTaken }: SenderParts,
): Promise<Response> {
  const read = readerOf(request.headers.get("content-type") ?? "");
  const body = await readBody(request, bodyLimits, { isSnappyTaken: true });
  const batch = await intake.openBatch();
  read(body, batch);
  const result = await intake.take(batch);
  onTaken(result);
  const headers = writtenHeaders(result);
  if (result.refused.length === 0) return new Response(null, { status: 204, headers });
  throw refusedProblem(result, batch.size, headers);
}

function readerOf(contentType: string): (bytes: Uint8Array, batch: SampleBatch) => void {
  const [type, ...parameters] = contentType.split(";").map((part) => part.trim());
  const proto = parameters.find((part) => part.toLowerCase().startsWith("proto="))?.slice(6);
  const read = READERS.get(proto?.replace(/^"(.*)"$/, "$1") ?? "prometheus.WriteRequest");
  if (type.toLowerCase() === "application/x-protobuf" && read !== undefined) return read;
  const accepted = [...READERS.keys()].map((name) => `application/x-protobuf;proto=${name}`);
  const message = `Cannot take content type ${quoted(contentType)}: wanted ${
    accepted.join(" or ")
  }`;
  throw new Problem("TYPE_UNSUPPORTED", message, { headers: { accept: accepted.join(", ") } });
}

/** A stale marker is taken by ending its series; what a rule drops, or is no number, is not written. */
function writtenHeaders(result: IntakeResult): Record<string, string> {
  const written = result.accepted + result.duplicates + (result.skipped.get("stale") ?? 0);
  return {
    ...lateHeader(result),
    "x-prometheus-remote-write-samples-written": String(written),
    "x-prometheus-remote-write-histograms-written": "0",
    "x-prometheus-remote-write-exemplars-written": "0",
  };
}

/** What a sender logs: how many, and the first of them. */
export function refusedProblem(
  { refused }: Pick<IntakeResult, "refused">,
  size: number,
  headers: Readonly<Record<string, string>> = {},
): Problem {
  const [{ index, field, code, message }] = refused;
  const detail = `Refused ${refused.length} of ${size} samples, the others are kept; ` +
    `sample ${index}: ${code}: ${message}`;
  return new Problem("SAMPLES_REFUSED", detail, { field, headers });
}
