import { MappingError, parseRules } from "../../mapping/mod.ts";
import { quoted } from "../../wire/problem.ts";
import { SourceConfigError } from "../config_error.ts";
import { SOURCES_MAX } from "../limits.ts";
import type { MessageReading } from "../read_message.ts";
import { SOURCE_CLIENTS, type SourceFormat } from "../source.ts";
import { parseTopicTemplate } from "../topic_template.ts";
import { parseBroker } from "./broker.ts";
import type { FileConfig, MqttConfig, NatsConfig, RedisConfig, SourceConfig } from "./config.ts";
import { Fields } from "./fields.ts";

/**
 * Sources of JSON text: `{"sources": [{"name", "client", …}]}`.
 * @param edgeId By which brokers tell this edge from others, where nothing else is said.
 * @throws {SourceConfigError} For what is missing, unknown, too long or of another type. Secrets are
 * never part of the text, only where they are.
 */
export function parseSources(text: string, edgeId: string): readonly SourceConfig[] {
  const fields = new Fields("", jsonOf(text));
  const list = fields.raw("sources");
  fields.refuseOthers();
  if (!Array.isArray(list) || list.length > SOURCES_MAX) {
    const reason = `wanted a list of at most ${SOURCES_MAX}, found ${quoted(list)}`;
    throw new SourceConfigError("sources", reason, SOURCES_MAX);
  }
  const sources = list.map((each, index) =>
    parseSource(new Fields(`sources[${index}]`, each), edgeId)
  );
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return sources;
  throw new SourceConfigError("sources", `wanted each name once, found "${twice}" twice`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceConfigError("", `wanted JSON: ${(cause as Error).message}`);
  }
}

function parseSource(fields: Fields, edgeId: string): SourceConfig {
  const client = fields.oneOf("client", SOURCE_CLIENTS);
  const source = PARSERS[client](fields, edgeId);
  fields.refuseOthers();
  return source;
}

const PARSERS = { mqtt: parseMqtt, nats: parseNats, redis: parseRedis, file: parseFile } as const;

function parseMqtt(fields: Fields, edgeId: string): MqttConfig {
  const common = parseCommon(fields, { formats: STREAM_FORMATS, separator: "/" });
  return {
    client: "mqtt",
    ...common,
    ...parseBroker(fields, { plain: "mqtt:", tls: "mqtts:", ports: [1_883, 8_883] }),
    clientId: fields.textOr("clientId", `treeline-${edgeId}-${common.name}`),
    version: fields.oneOf("protocol", ["5", "3.1.1"], "5") === "5" ? 5 : 4,
  };
}

function parseNats(fields: Fields, edgeId: string): NatsConfig {
  const common = parseCommon(fields, { formats: STREAM_FORMATS, separator: "." });
  return {
    client: "nats",
    ...common,
    ...parseBroker(fields, { plain: "nats:", tls: "tls:", ports: [4_222, 4_222], hasTokens: true }),
    stream: natsName(fields, "stream", fields.text("stream")),
    durable: natsName(fields, "durable", fields.textOr("durable", `treeline-${edgeId}`)),
  };
}

/** NATS has no others in its names. */
function natsName(fields: Fields, field: string, name: string): string {
  if (!/[\s.*>/\\]/.test(name)) return name;
  const reason = `wanted a name without blanks, dots, stars and slashes, found ${quoted(name)}`;
  throw new SourceConfigError(fields.pathOf(field), reason);
}

function parseRedis(fields: Fields, edgeId: string): RedisConfig {
  const payloadField = fields.textOr("payloadField", undefined);
  const formats = payloadField === undefined ? ["json"] as const : STREAM_FORMATS;
  return {
    client: "redis",
    ...parseCommon(fields, { formats, separator: ":", areTopicsOptional: true }),
    ...parseBroker(fields, { plain: "redis:", tls: "rediss:", ports: [6_379, 6_379] }),
    streams: fields.texts("streams"),
    database: fields.wholeNumber("database", 0, 1_000_000),
    group: fields.textOr("group", "treeline"),
    consumer: fields.textOr("consumer", edgeId),
    payloadField,
  };
}

function parseFile(fields: Fields): FileConfig {
  return {
    client: "file",
    ...parseCommon(fields, {
      formats: ["ndjson", "csv", "influx"],
      separator: "/",
      areTopicsOptional: true,
    }),
    path: fields.text("path"),
  };
}

const STREAM_FORMATS = ["json", "number", "influx"] as const;

interface Choices {
  readonly formats: readonly (SourceFormat | "ndjson")[];
  readonly separator: string;
  readonly areTopicsOptional?: boolean;
}

function parseCommon(fields: Fields, { formats, separator, areTopicsOptional }: Choices) {
  const texts = areTopicsOptional && !fields.has("topics") ? [] : fields.texts("topics");
  const format = fields.oneOf("format", formats, formats[0]);
  const reading: MessageReading = {
    // Lines are messages of their own, so that each is one JSON value.
    format: format === "ndjson" ? "json" : format,
    topics: texts.map((text, index) =>
      parseTopicTemplate(`${fields.pathOf("topics")}[${index}]`, text, separator)
    ),
    separator,
    precision: fields.oneOf("precision", ["ns", "us", "ms", "s"], "ns"),
    device: fields.textOr("device", undefined),
  };
  return {
    name: parseName(fields),
    isRequired: fields.flag("required", false),
    reading,
    rules: parseOwnRules(fields),
  };
}

/** It becomes a label of metrics and a key on disk. */
function parseName(fields: Fields): string {
  const name = fields.text("name");
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  const reason = `wanted 1 to 64 letters, digits, - or _, found ${quoted(name)}`;
  throw new SourceConfigError(fields.pathOf("name"), reason);
}

function parseOwnRules(fields: Fields) {
  try {
    return parseRules(fields.raw("rules") ?? []);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new SourceConfigError(fields.pathOf(error.field), error.message, error.limit);
  }
}
