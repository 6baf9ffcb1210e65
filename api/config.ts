import {
  defaulted,
  type Environment,
  notBlank,
  optional,
  PORT_MAX,
  settingsHelp,
  strongSecret,
  wholeNumber,
} from "./environment.ts";

export { ConfigError } from "./environment.ts";

/** How the gateway is run, parsed from the environment. */
export interface GatewayConfig {
  /** Folder of keys, lock and, unless `databaseUrl` says otherwise, the database. */
  readonly dataDir: string;
  /** `file:` of an embedded database, or `http(s)://`, `ws(s)://`, `libsql://` of a server. */
  readonly databaseUrl: string;
  readonly databaseToken: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Development serves GraphiQL and answers introspection. */
  readonly development: boolean;
  /** Authenticates cursors; without it the folder's own key does. */
  readonly cursorSecret: string | undefined;
  /** Stops waiting for requests and jobs this long after the signal to end, ms. */
  readonly drainMs: number;
}

interface Setting<T> {
  readonly name: string;
  readonly help: string;
  /** @throws {Error} saying what is wrong with the text. */
  readonly parse: (text: string) => T;
}

/** A setting that is read from `default` where the environment has none. */
interface DefaultSetting<T> extends Setting<T> {
  readonly default: string;
}

/** A setting without a constant default. */
interface OptionalSetting<T> extends Setting<T> {
  /** What is used without it, for the help. */
  readonly otherwise: string;
}

const DRAIN_SECONDS_MAX = 3_600;
const DATABASE_SCHEMES = ["file:", "http:", "https:", "ws:", "wss:", "libsql:"];

const SETTINGS = {
  dataDir: {
    name: "TREELINE_DATA",
    help: "Folder of database, keys and lock",
    default: "treeline-data",
    parse: notBlank,
  },
  databaseUrl: {
    name: "TREELINE_DATABASE_URL",
    help: "file:PATH, or http(s)://, ws(s)://, libsql:// of a libSQL server",
    otherwise: "file:TREELINE_DATA/treeline.db",
    parse: databaseUrl,
  },
  databaseToken: {
    name: "TREELINE_DATABASE_TOKEN",
    help: "Token for the libSQL server",
    otherwise: "none",
    parse: strongSecret,
  },
  host: {
    name: "TREELINE_HOST",
    help: "Address to listen on",
    default: "127.0.0.1",
    parse: notBlank,
  },
  port: {
    name: "TREELINE_PORT",
    help: "Port to listen on",
    default: "8000",
    parse: wholeNumber(0, PORT_MAX),
  },
  development: {
    name: "TREELINE_MODE",
    help: "production, or development: GraphiQL and introspection",
    default: "production",
    parse: isDevelopment,
  },
  cursorSecret: {
    name: "TREELINE_CURSOR_SECRET",
    help: "Authenticates cursors: 32 characters or more, the same in all gateways",
    otherwise: "a key in TREELINE_DATA/keys",
    parse: strongSecret,
  },
  drainSeconds: {
    name: "TREELINE_DRAIN_SECONDS",
    help: "Seconds that requests under way get at the end",
    default: "10",
    parse: wholeNumber(0, DRAIN_SECONDS_MAX),
  },
} as const;

/** The environment's names that `readConfig` looks up. */
export const SETTING_NAMES: readonly string[] = Object.values(SETTINGS).map(({ name }) => name);

/**
 * Reads the gateway's settings.
 *
 * @param env The value of an environment variable, `undefined` where it is not set.
 * @throws {ConfigError} for the first setting that cannot be used; secrets are not quoted.
 */
export function readConfig(env: Environment): GatewayConfig {
  const dataDir = defaulted(env, SETTINGS.dataDir);
  return {
    dataDir,
    databaseUrl: optional(env, SETTINGS.databaseUrl) ?? `file:${dataDir}/treeline.db`,
    databaseToken: optional(env, SETTINGS.databaseToken),
    host: defaulted(env, SETTINGS.host),
    port: defaulted(env, SETTINGS.port),
    development: defaulted(env, SETTINGS.development),
    cursorSecret: optional(env, SETTINGS.cursorSecret),
    drainMs: defaulted(env, SETTINGS.drainSeconds) * 1000,
  };
}

/** All settings with their meaning, for `--help`. */
export function settingsText(): string {
  return settingsHelp(Object.values(SETTINGS));
}

function databaseUrl(text: string): string {
  if (DATABASE_SCHEMES.some((scheme) => text.startsWith(scheme))) return text;
  throw new RangeError(`"${text}" starts with none of ${DATABASE_SCHEMES.join(", ")}`);
}

function isDevelopment(text: string): boolean {
  if (text === "development" || text === "production") return text === "development";
  throw new RangeError(`"${text}" is neither production nor development`);
}
