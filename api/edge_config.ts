import {
  FORWARDING_POLICIES,
  type ForwardingPolicy,
  parseSources,
  type SourceConfig,
  SourceConfigError,
} from "../scoring/edge/mod.ts";
import {
  ConfigError,
  defaulted,
  type Environment,
  mandatory,
  notBlank,
  optional,
  PORT_MAX,
  settingsHelp,
  strongSecret,
  wholeNumber,
} from "./environment.ts";

/** How a stand-alone edge is run, parsed from the environment. */
export interface EdgeConfig {
  /** Folder of the edge's own file. */
  readonly dataDir: string;
  /** Name of the edge, unique in its tenant. */
  readonly edgeId: string;
  readonly gatewayUrl: string;
  /** API key with the role edge. */
  readonly gatewayKey: string;
  /** Raw Ed25519 public keys of the gateway's installation. */
  readonly trustedKeys: readonly Uint8Array[];
  /** What senders of points present to this edge. */
  readonly senderKey: string;
  readonly host: string;
  readonly port: number;
  /** What may wait for an absent gateway. */
  readonly outboxBytesMax: number;
  /** What the edge's file may take, the outbox within. */
  readonly diskBytesMax: number;
  /** What the edge may take of the memory, where it is to keep everything there. */
  readonly volatileBytesMax: number | undefined;
  readonly forwarding: ForwardingPolicy;
  /** What this edge takes beside what is posted to it. */
  readonly sources: readonly SourceConfig[];
}

const PUBLIC_KEY_BYTES = 32;

/** More is a disk, and no wait for a gateway. */
const OUTBOX_MB_MAX = 1_000_000;

/** Less holds no outbox worth the name. */
const VOLATILE_MB_MIN = 8;

const SETTINGS = {
  gatewayUrl: {
    name: "TREELINE_GATEWAY_URL",
    help: "Where the gateway is, as https://treeline.example",
    otherwise: "needed",
    parse: httpUrl,
  },
  gatewayKey: {
    name: "TREELINE_EDGE_KEY",
    help: "API key with the role edge, by deno task admin create-key",
    otherwise: "needed",
    parse: strongSecret,
  },
  trustedKeys: {
    name: "TREELINE_TRUSTED_KEYS",
    help: "Public keys of the gateway in base64, comma between, by deno task admin keys",
    otherwise: "needed",
    parse: publicKeys,
  },
  senderKey: {
    name: "TREELINE_SENDER_KEY",
    help: "What senders of points present to this edge, at least 32 characters",
    otherwise: "needed",
    parse: strongSecret,
  },
  edgeId: {
    name: "TREELINE_EDGE_ID",
    help: "Name of this edge, unique in its tenant",
    default: "edge",
    parse: notBlank,
  },
  dataDir: {
    name: "TREELINE_EDGE_DATA",
    help: "Folder of what this edge keeps",
    default: "treeline-edge",
    parse: notBlank,
  },
  host: {
    name: "TREELINE_EDGE_HOST",
    help: "Address to listen on",
    default: "127.0.0.1",
    parse: notBlank,
  },
  port: {
    name: "TREELINE_EDGE_PORT",
    help: "Port to listen on",
    default: "8100",
    parse: wholeNumber(0, PORT_MAX),
  },
  outboxMb: {
    name: "TREELINE_EDGE_OUTBOX_MB",
    help: "Megabytes that may wait for an absent gateway; then the oldest raw points go first",
    default: "512",
    parse: wholeNumber(1, OUTBOX_MB_MAX),
  },
  diskMb: {
    name: "TREELINE_EDGE_DISK_MB",
    help: "Megabytes that file and log may take; then the oldest points that were kept go first",
    default: "4096",
    parse: wholeNumber(16, OUTBOX_MB_MAX),
  },
  volatileMb: {
    name: "TREELINE_EDGE_VOLATILE_MB",
    help: "Megabytes of memory in which all is kept in place of a disk; gone with the process",
    otherwise: "the disk",
    parse: wholeNumber(VOLATILE_MB_MIN, OUTBOX_MB_MAX),
  },
  forwarding: {
    name: "TREELINE_EDGE_FORWARDING",
    help: "What goes up beside anomalies and incidents: all, aggregates or anomalies",
    default: "all",
    parse: forwardingPolicy,
  },
  sources: {
    name: "TREELINE_SOURCES",
    help: "MQTT, NATS, Redis and files to take from: a JSON file, or its text (docs/sources.md)",
    otherwise: "none",
    parse: sourcesText,
  },
} as const;

/**
 * Reads a stand-alone edge's settings.
 *
 * @throws {ConfigError} for the first setting that is missing or cannot be used; secrets are not quoted.
 */
export function readEdgeConfig(env: Environment): EdgeConfig {
  const edgeId = defaulted(env, SETTINGS.edgeId);
  const volatileMb = optional(env, SETTINGS.volatileMb);
  return {
    gatewayUrl: mandatory(env, SETTINGS.gatewayUrl),
    gatewayKey: mandatory(env, SETTINGS.gatewayKey),
    trustedKeys: mandatory(env, SETTINGS.trustedKeys),
    senderKey: mandatory(env, SETTINGS.senderKey),
    edgeId,
    dataDir: defaulted(env, SETTINGS.dataDir),
    host: defaulted(env, SETTINGS.host),
    port: defaulted(env, SETTINGS.port),
    outboxBytesMax: defaulted(env, SETTINGS.outboxMb) * 1024 ** 2,
    diskBytesMax: defaulted(env, SETTINGS.diskMb) * 1024 ** 2,
    volatileBytesMax: volatileMb === undefined ? undefined : volatileMb * 1024 ** 2,
    forwarding: defaulted(env, SETTINGS.forwarding),
    sources: sourcesOf(env, edgeId),
  };
}

function sourcesOf(env: Environment, edgeId: string): readonly SourceConfig[] {
  const text = optional(env, SETTINGS.sources);
  if (text === undefined) return [];
  const { name } = SETTINGS.sources;
  try {
    return parseSources(text, edgeId);
  } catch (error) {
    if (!(error instanceof SourceConfigError)) throw error;
    throw new ConfigError(name, `Cannot use ${name}: ${error.message}`);
  }
}

/** Text that begins as JSON is meant itself. */
function sourcesText(text: string): string {
  if (/^\s*\{/.test(text)) return text;
  try {
    return Deno.readTextFileSync(text);
  } catch (error) {
    throw new RangeError(`"${text}" cannot be read: ${(error as Error).name}`);
  }
}

/** All settings with their meaning, for `--help`. */
export function edgeSettingsText(): string {
  return settingsHelp(Object.values(SETTINGS));
}

function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return text;
  throw new RangeError(`"${text}" is no http: or https: address without user and password`);
}

function forwardingPolicy(text: string): ForwardingPolicy {
  const policy = FORWARDING_POLICIES.find((known) => known === text);
  if (policy !== undefined) return policy;
  throw new RangeError(`"${text}" is none of ${FORWARDING_POLICIES.join(", ")}`);
}

function publicKeys(text: string): Uint8Array[] {
  return text.split(",").map((part) => {
    const bytes = base64(part.trim());
    if (bytes?.length === PUBLIC_KEY_BYTES) return bytes;
    throw new RangeError(`"${part}" is not ${PUBLIC_KEY_BYTES} bytes in base64`);
  });
}

function base64(text: string): Uint8Array | undefined {
  try {
    // Every runtime of an edge has it; not all have `Uint8Array.fromBase64`.
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
