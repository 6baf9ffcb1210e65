import { KEYED, OF_SENDERS, ownWords, problems, WITH_BODY } from "../refusals.ts";

type Json = Readonly<Record<string, unknown>>;

/** Routes that take what others' senders have always sent. */
export function senderPaths(): Json {
  const sent = problems(OF_SENDERS);
  const influx = (version: 1 | 2) => ownWords(`InfluxProblem${version}`, OF_SENDERS);
  const judged = problems([...WITH_BODY, 404, 422]);
  return {
    "/api/v1/write": { post: { ...remoteWrite(), ...answers(NO_CONTENT, sent) } },
    "/write": { post: { ...influxWrite(1), ...answers(INFLUX_ANSWERS, influx(1)) } },
    "/api/v2/write": { post: { ...influxWrite(2), ...answers(INFLUX_ANSWERS, influx(2)) } },
    "/v1/metrics": { post: { ...otlp(), ...answers(OTLP_ANSWERS, OTLP_REFUSALS) } },
    "/v1/mapping/dry-run": {
      post: { ...mappingDryRun(), ...answers(DRY_RUN_ANSWERS, problems([...OF_SENDERS, 422])) },
    },
    "/v1/mapping/quarantine": {
      get: { ...quarantine(), ...answers(OK_OBJECT, problems([...KEYED, 403])) },
    },
    "/anomaly": { post: { ...anomaly(), ...answers(ANOMALY_ANSWERS, judged) } },
    "/anomaly/explain/{id}": {
      get: { ...explain(), ...answers(EXPLAIN_ANSWERS, problems([...KEYED, 404])) },
    },
    "/query": { post: { ...influxQuery(), ...answers(OK_OBJECT, influx(1)) } },
    "/ping": {
      get: { ...open("influxPing", "What InfluxDB's clients ask"), ...answers(PONG, problems()) },
    },
    "/health": {
      get: { ...open("influxHealth", "The same in version 2"), ...answers(OK_OBJECT, problems()) },
    },
  };
}

/** Refusals in senders' own words, by name. */
export function senderResponses(): Json {
  return {
    InfluxProblem1: influxProblem(1),
    InfluxProblem2: influxProblem(2),
    OtlpStatus: OTLP_STATUS,
  };
}

const OTLP_REFUSALS = ownWords("OtlpStatus", OF_SENDERS);

function answers(good: Json, refusals: Json): Json {
  return { responses: { ...good, ...refusals } };
}

const NO_CONTENT = {
  204: {
    description: "All samples are taken; what rules drop or is no number is only counted",
    headers: {
      "X-Treeline-Samples-Late": {
        description: "Samples that are stored but not judged, as newer ones of their device were",
        schema: { type: "integer" },
      },
    },
  },
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

const OK_OBJECT = {
  200: { description: "OK", content: { "application/json": { schema: { type: "object" } } } },
};

const PONG = { 204: { description: "Here" } };

const INFLUX_ANSWERS = {
  ...NO_CONTENT,
  400: {
    description: "Some lines were refused, the others are kept",
    content: {
      "application/json": {
        example: {
          code: "invalid",
          message: 'partial write: line 2: Cannot read line 2: "x" is no value dropped=1',
          line: 2,
          errors: [{
            line: 2,
            code: "LINE_INVALID",
            message: 'Cannot read line 2: "x" is no value',
          }],
        },
      },
    },
  },
};

/** A refusal of a whole request in the words of InfluxDB's version. */
function influxProblem(version: 1 | 2): Json {
  const told = "AUTH_REQUIRED: Cannot accept this API key";
  const example = version === 1 ? { error: told } : { code: "unauthorized", message: told };
  return {
    description: "What is wrong, in X-Influxdb-Error as well; it begins with the problem's code",
    content: { "application/json": { example } },
  };
}

/** An operation without a key. */
function open(operationId: string, summary: string): Json {
  return { operationId, summary, security: [] };
}

function query(name: string, description: string, required = false): Json {
  return { name, in: "query", required, description, schema: { type: "string" } };
}

function influxWrite(version: 1 | 2): Json {
  const named = version === 1
    ? [
      query("db", "Label __database__ of mapping rules"),
      query("u", "Ignored"),
      query("p", "A key"),
    ]
    : [query("org", "Label __org__ of mapping rules"), query("bucket", "Label __bucket__ of them")];
  return {
    operationId: version === 1 ? "influxWrite" : "influxWrite2",
    summary: `InfluxDB line protocol as version ${version} takes it`,
    description: "Fields that are text are counted, not kept; a field is metric measurement_field",
    parameters: [...named, query("precision", "ns (default), us, ms, s, m or h")],
    requestBody: {
      required: true,
      content: {
        "text/plain": {
          schema: { type: "string" },
          example: "cpu,host=web-1,cpu=cpu0 usage_idle=93.5,usage_user=2 1767603600000000000",
        },
      },
    },
  };
}

function influxQuery(): Json {
  return {
    operationId: "influxQuery",
    summary: "Answers CREATE DATABASE, with which Telegraf begins",
    parameters: [query("q", "The statement; it may stand in a form as well")],
  };
}

const OTLP_ANSWERS = {
  200: {
    description:
      "An ExportMetricsServiceResponse in the encoding of the request; a message without " +
      "rejected data points is a warning, as of samples that are stored but not judged",
    content: {
      "application/json": {
        example: {
          partialSuccess: {
            rejectedDataPoints: "1",
            errorMessage: "data point 3: DUPLICATE_TIMESTAMP: Cannot take 2 as a value of …",
          },
        },
      },
      "application/x-protobuf": { schema: BINARY },
    },
  },
};

const OTLP_STATUS = {
  description: "A google.rpc.Status in the encoding of the request; its message begins with the " +
    "code of the problem. 429 and 503 say in Retry-After when to send again",
  content: {
    "application/json": {
      example: { code: 14, message: "QUEUE_FULL: Cannot queue as 256 requests are waiting" },
    },
    "application/x-protobuf": { schema: BINARY },
  },
};

function otlp(): Json {
  return {
    operationId: "otlpMetrics",
    summary: "OpenTelemetry metrics over OTLP/HTTP",
    description:
      "Histograms become metric_count and metric_sum, summaries gauges by quantile too; " +
      "cumulative sums that only grow are counters.",
    requestBody: {
      required: true,
      content: {
        "application/x-protobuf": { schema: BINARY },
        "application/json": {
          example: {
            resourceMetrics: [{
              resource: { attributes: [{ key: "host.name", value: { stringValue: "web-1" } }] },
              scopeMetrics: [{
                metrics: [{
                  name: "queue.length",
                  gauge: { dataPoints: [{ timeUnixNano: "1767603600000000000", asInt: "4" }] },
                }],
              }],
            }],
          },
        },
      },
    },
  };
}

const DRY_RUN_ANSWERS = {
  200: {
    description: "One outcome for each series",
    content: {
      "application/json": {
        example: {
          outcomes: [{
            outcome: "mapped",
            rule: null,
            device: "web-1:9100",
            metric: 'node_cpu_seconds_total{cpu="0",mode="idle"}',
            unit: "",
            kind: "counter",
          }],
        },
      },
    },
  },
};

function mappingDryRun(): Json {
  return {
    operationId: "mappingDryRun",
    summary: "What would become of series under given rules, or under the tenant's own",
    requestBody: {
      required: true,
      content: {
        "application/json": {
          example: {
            rules: [{ match: { name: "go_*" }, drop: true }],
            series: [{
              source: "prometheus",
              name: "node_cpu_seconds_total",
              labels: { instance: "web-1:9100", cpu: "0", mode: "idle" },
            }],
          },
        },
      },
    },
  };
}

function quarantine(): Json {
  return {
    operationId: "mappingQuarantine",
    summary: "Series under unknown names, whose points are kept out and counted",
  };
}

const EXPLANATION = "Anomalous: score 0.71 passes the threshold 0.62; severity 0.45 is MEDIUM: " +
  "investigate. cpu.value is 93.2, expected 31.4 (72 %).";

const ANOMALY_ANSWERS = {
  200: {
    description: "The verdict; contributions as of /v1/score",
    content: {
      "application/json": {
        example: {
          id: "0197b0c0-0000-7000-8000-000000000000",
          is_anomaly: true,
          severity: 0.45,
          severity_band: "MEDIUM",
          action: "investigate",
          score: 0.71,
          threshold: 0.62,
          contributions: [],
          explanation: EXPLANATION,
        },
      },
    },
  },
};

function anomaly(): Json {
  return {
    operationId: "judgeAnomaly",
    summary: "Judges one vector of features, or the newest values of a device's metrics",
    description: "Nothing is kept but the explanation of the last verdicts. Without a model the " +
      "only one in production is asked, of the device where one is named.",
    requestBody: {
      required: true,
      content: {
        "application/json": { example: { device: "pump-7", metrics: { cpu: 93.2 } } },
      },
    },
  };
}

const EXPLAIN_ANSWERS = {
  200: {
    description: "The explanation in words",
    content: { "application/json": { example: { id: "0197b0c0", explanation: EXPLANATION } } },
  },
};

function explain(): Json {
  return {
    operationId: "explainAnomaly",
    summary: "Explains one of the last verdicts of /anomaly, or a stored anomaly by its id",
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
  };
}
