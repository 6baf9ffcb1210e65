import * as z from "zod/mini";
import type { EdgeLimits } from "../limits.ts";
import { VERSION } from "../version.ts";
import { SCORE_ANSWER_EXAMPLE, SCORE_PARAMETERS, SCORE_REQUEST_EXAMPLES } from "./explain/mod.ts";
import { OWN_STATE_SCHEMAS, ownStatePaths } from "./own_state/mod.ts";
import { KEYED, OF_SENDERS, orProblem, problemResponses, problems, WITH_BODY } from "./refusals.ts";
import { senderPaths, senderResponses } from "./senders/mod.ts";
import {
  modelListSchema,
  problemSchema,
  scoreAnswerSchema,
  scoreRequestSchema,
  telemetryAnswerSchema,
  telemetryPointSchema,
  telemetryRequestSchema,
} from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** The edge's interface as an OpenAPI 3.1 document. */
export function openApiDocument(limits: EdgeLimits): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Treeline edge",
      version: VERSION,
      description: "Telemetry in, verdicts out. What an edge takes of one sender is in `x-limits`.",
      "x-limits": limits,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { apiKey: [] }, { basic: [] }],
    paths: paths(),
    components: {
      schemas: schemas(),
      responses: { ...problemResponses(), ...senderResponses() },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer" },
  apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
  basic: { type: "http", scheme: "basic", description: "The key as password, any user name" },
};

function paths(): Json {
  return {
    "/v1/telemetry": { post: telemetryOperation() },
    "/v1/score": { post: scoreOperation() },
    "/v1/models": {
      get: operation("listModels", "Models that can be asked", {
        ...okJson("ModelList"),
        ...TAGGED,
      }, KEYED),
    },
    "/v1/models/{id}": {
      get: {
        ...operation(
          "describeModel",
          "One model: its features and how it was made",
          { ...OK_OBJECT, ...TAGGED },
          [...KEYED, 404],
        ),
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      },
    },
    ...senderPaths(),
    ...ownStatePaths(),
    "/livez": { get: open("live", "The process runs", OK_OBJECT) },
    "/readyz": {
      get: open("ready", "Everything works that it needs", { ...OK_OBJECT, 503: OK_OBJECT[200] }),
    },
    "/metrics": {
      get: open("metrics", "The process's own counters for Prometheus; with a key scores too", {
        200: { description: "Exposition", content: { "text/plain": {} } },
      }, KEYED),
    },
    "/openapi.json": { get: open("describe", "This document", OK_OBJECT) },
  };
}

const POINTS_EXAMPLE = [
  { device: "pump-7", metric: "pressure", at: "2026-01-05T08:58:00Z", value: 4.2 },
  { device: "pump-7", metric: "flow", at: 1_767_603_480_000, value: 11 },
];

/** A column of instants, one of devices, and one for each metric. */
const CSV_EXAMPLE = "time,device,pressure,flow\n2026-01-05T09:00:00Z,pump-7,4.2,11\n";

function telemetryOperation(): Json {
  const lines = {
    schema: { type: "string", description: "One TelemetryPoint a line" },
    example: POINTS_EXAMPLE.map((point) => JSON.stringify(point) + "\n").join(""),
  };
  return {
    ...operation("sendTelemetry", "Sends points; good ones are kept, bad ones named", {
      ...okJson("TelemetryAnswer"),
      422: orProblem(content("Every point was refused", "TelemetryAnswer")),
    }, OF_SENDERS),
    description:
      "`late` are accepted points that are stored but not judged, as detectors have judged " +
      "newer ones of their device; later fits learn from them. Send history before live data",
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        required: false,
        schema: { type: "string", maxLength: 255 },
      },
      {
        name: "device",
        in: "query",
        required: false,
        description: "Device of a CSV table's rows that name none",
        schema: { type: "string" },
      },
    ],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: reference("TelemetryRequest"),
          example: { points: POINTS_EXAMPLE },
        },
        "application/x-ndjson": lines,
        "text/csv": { schema: { type: "string" }, example: CSV_EXAMPLE },
      },
    },
  };
}

const SCORE_DESCRIPTION =
  "With an octet-stream the query holds all but the rows. `explain` tells the " +
  "contributions of every row: by paths in forests and own parts in other models (`true`, `path`), " +
  "or by exact Shapley values (`shapley`). `counterfactual` tells of each flagged row the smallest " +
  "change of one or two features that makes it normal, verified by scoring it, or null. Models that " +
  "are no forests refuse `shapley` and `counterfactual`, and forests with oblique splits `shapley`; " +
  "of both a request may ask for few rows, see the limits";

function scoreOperation(): Json {
  return {
    ...operation("score", "Judges feature vectors or points without keeping anything", {
      200: content("OK", "ScoreAnswer", { example: SCORE_ANSWER_EXAMPLE }),
      422: orProblem(content("Every vector was refused", "ScoreAnswer")),
    }, [...WITH_BODY, 404]),
    description: SCORE_DESCRIPTION,
    parameters: SCORE_PARAMETERS,
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: reference("ScoreRequest"),
          examples: SCORE_REQUEST_EXAMPLES,
        },
        "application/octet-stream": {
          schema: { type: "string", description: "Rows of little-endian 32-bit floats" },
        },
      },
    },
  };
}

const OK_OBJECT = {
  200: { description: "OK", content: { "application/json": { schema: { type: "object" } } } },
};

const TAGGED = { 304: { description: "The caller's If-None-Match is current" } };

/** @param refusals Statuses by which it refuses, of those that operations name. */
function operation(
  operationId: string,
  summary: string,
  ok: Json,
  refusals: readonly number[] = [],
): Json {
  return { operationId, summary, responses: { ...ok, ...problems(refusals) } };
}

/** An operation without a key. */
function open(
  operationId: string,
  summary: string,
  ok: Json,
  refusals: readonly number[] = [],
): Json {
  return { ...operation(operationId, summary, ok, refusals), security: [] };
}

function okJson(schema: string): Json {
  return { 200: content("OK", schema) };
}

function content(description: string, schema: string, example: Json = {}) {
  return {
    description,
    content: { "application/json": { schema: reference(schema), ...example } },
  };
}

function reference(schema: string): Json {
  return { $ref: `#/components/schemas/${schema}` };
}

function schemas(): Json {
  const toJson = (schema: z.core.$ZodType) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", override });
    return rest;
  };
  return {
    TelemetryPoint: toJson(telemetryPointSchema),
    TelemetryRequest: toJson(telemetryRequestSchema),
    TelemetryAnswer: toJson(telemetryAnswerSchema),
    ScoreRequest: toJson(scoreRequestSchema),
    ScoreAnswer: toJson(scoreAnswerSchema),
    ModelList: toJson(modelListSchema),
    Problem: toJson(problemSchema),
    ...Object.fromEntries(
      Object.entries(OWN_STATE_SCHEMAS).map(([name, schema]) => [name, toJson(schema)]),
    ),
  };
}

/** Leaves out what says nothing: the pattern of a format, and that a whole number is a safe one. */
function override({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
