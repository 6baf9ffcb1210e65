import { quoted } from "../../wire/problem.ts";
import { SourceConfigError } from "../config_error.ts";
import type { Credentials, SecretPlace, TlsFiles } from "./config.ts";
import type { Fields } from "./fields.ts";

/** How a broker's address is written. */
export interface AddressForm {
  /** Scheme without TLS, as "mqtt:". */
  readonly plain: string;
  readonly tls: string;
  /** Ports of both, where the address has none. */
  readonly ports: readonly [plain: number, tls: number];
  /** Whether the broker knows tokens. */
  readonly hasTokens?: boolean;
}

/** Address, credentials and TLS of a broker. */
export function parseBroker(fields: Fields, form: AddressForm) {
  const address = parseAddress(fields, form);
  const tls = parseTls(fields);
  const credentials = parseCredentials(fields, form);
  return { ...address, tls, credentials };
}

function parseAddress(fields: Fields, { plain, tls, ports }: AddressForm) {
  const text = fields.text("url");
  const path = fields.pathOf("url");
  const url = URL.parse(text);
  if (url === null || (url.protocol !== plain && url.protocol !== tls) || url.hostname === "") {
    // The address may hold a password, so it is not repeated.
    throw new SourceConfigError(
      path,
      `wanted ${plain}//host or ${tls}//host with or without a port`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new SourceConfigError(path, "wanted an address without user and password");
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    throw new SourceConfigError(path, "wanted nothing behind host and port");
  }
  const isTls = url.protocol === tls;
  const port = url.port === "" ? ports[isTls ? 1 : 0] : Number(url.port);
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port, isTls };
}

function parseCredentials(fields: Fields, { hasTokens = false }: AddressForm): Credentials {
  return {
    username: fields.textOr("username", undefined),
    password: parseSecret(fields, "password"),
    token: hasTokens ? parseSecret(fields, "token") : undefined,
  };
}

/** A secret's place; one that is written out is refused, and not repeated. */
function parseSecret(fields: Fields, name: string): SecretPlace | undefined {
  if (!fields.has(name)) return undefined;
  const path = fields.pathOf(name);
  const reason = 'wanted {"env": "TREELINE_…"} or {"file": "path"}, so that no secret is in it';
  if (typeof fields.raw(name) !== "object") throw new SourceConfigError(path, reason);
  const place = fields.object(name);
  const env = place.textOr("env", undefined);
  const file = place.textOr("file", undefined);
  place.refuseOthers();
  if (file !== undefined && env === undefined) return { file };
  if (env === undefined || file !== undefined) throw new SourceConfigError(path, reason);
  // The edge may read no other variables.
  if (/^TREELINE_[A-Z0-9_]+$/.test(env)) return { env };
  throw new SourceConfigError(place.pathOf("env"), `wanted TREELINE_…, found ${quoted(env)}`);
}

function parseTls(fields: Fields): TlsFiles {
  const tls = fields.object("tls");
  const files = {
    caFile: tls.textOr("caFile", undefined),
    certFile: tls.textOr("certFile", undefined),
    keyFile: tls.textOr("keyFile", undefined),
  };
  tls.refuseOthers();
  if ((files.certFile === undefined) === (files.keyFile === undefined)) return files;
  throw new SourceConfigError(tls.path, "wanted certFile and keyFile, or neither of them");
}
