type Json = Readonly<Record<string, unknown>>;

/**
 * Routes that take what others' senders have always sent.
 * @param problem What every operation answers otherwise.
 */
export function senderPaths(problem: Json): Json {
  return {
    "/api/v1/write": { post: { ...remoteWrite(), ...answers(problem, NO_CONTENT) } },
  };
}

function answers(problem: Json, good: Json): Json {
  return { responses: { ...good, default: problem } };
}

const NO_CONTENT = {
  204: { description: "All samples are taken; what rules drop or is no number is only counted" },
};

const BINARY = { type: "string", format: "binary" };

function remoteWrite(): Json {
  return {
    operationId: "remoteWrite",
    summary: "Prometheus remote write 1.0 and 2.0",
    description: "400 SAMPLES_REFUSED when a sample is invalid: its valid neighbours are kept. " +
      "X-Prometheus-Remote-Write-Samples-Written says how many; native histograms and exemplars " +
      "are not written.",
    parameters: [{
      name: "Content-Encoding",
      in: "header",
      required: true,
      schema: { type: "string", const: "snappy" },
    }],
    requestBody: {
      required: true,
      content: {
        "application/x-protobuf": { schema: { ...BINARY, description: "prometheus.WriteRequest" } },
        "application/x-protobuf;proto=io.prometheus.write.v2.Request": { schema: BINARY },
      },
    },
  };
}
