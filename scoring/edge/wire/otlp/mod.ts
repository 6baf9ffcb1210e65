/** Metrics of OpenTelemetry over OTLP/HTTP, in both encodings. */
export {
  exportResponse,
  type OtlpEncoding,
  type PartialSuccess,
  statusResponse,
} from "./answer.ts";
export { MetricSink } from "./metric_sink.ts";
export { readOtlpJson } from "./read_json.ts";
export { readOtlpProtobuf } from "./read_protobuf.ts";
