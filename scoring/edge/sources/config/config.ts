import type { MappingRule } from "../../mapping/mod.ts";
import type { MessageReading } from "../read_message.ts";

/** A secret by where it is: it is read at each connect, and never kept or told. */
export type SecretPlace = { readonly env: string } | { readonly file: string };

/** Who the edge is to a broker. */
export interface Credentials {
  readonly username: string | undefined;
  readonly password: SecretPlace | undefined;
  /** Of NATS alone. */
  readonly token: SecretPlace | undefined;
}

/** Files in PEM. Without any, the system's authorities are believed. */
export interface TlsFiles {
  readonly caFile: string | undefined;
  /** With `keyFile`, what the edge shows of itself. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

interface CommonConfig {
  /** Unique among the sources of an edge. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly reading: MessageReading;
  /** Turn what topics and lines tell into device and metric. */
  readonly rules: readonly MappingRule[];
}

interface BrokerConfig extends CommonConfig {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly tls: TlsFiles;
  readonly credentials: Credentials;
}

export interface MqttConfig extends BrokerConfig {
  readonly client: "mqtt";
  /** Under which the broker keeps what waits for this source. */
  readonly clientId: string;
  readonly version: 4 | 5;
}

export interface NatsConfig extends BrokerConfig {
  readonly client: "nats";
  readonly stream: string;
  /** Name of the durable consumer, which is made where it is missing. */
  readonly durable: string;
}

export interface RedisConfig extends BrokerConfig {
  readonly client: "redis";
  readonly streams: readonly string[];
  readonly database: number;
  /** Name of the consumer group, which is made where it is missing. */
  readonly group: string;
  readonly consumer: string;
  /** Field of an entry that is the message; without it the entry's fields are those of a point. */
  readonly payloadField: string | undefined;
}

export interface FileConfig extends CommonConfig {
  readonly client: "file";
  readonly path: string;
}

export type SourceConfig = MqttConfig | NatsConfig | RedisConfig | FileConfig;
