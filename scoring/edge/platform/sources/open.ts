import type { OpenSource, SourceConfig } from "../../sources/mod.ts";

/**
 * Opens sources in Deno. A client is loaded when its first source is opened, by a name that is put
 * together here: one that stands in the text is fetched, with its packages, by every edge that starts.
 */
export function sourceOpener(config: SourceConfig, now: () => number): OpenSource {
  return async (context) => (await openerOf(config, now))(context);
}

async function openerOf(config: SourceConfig, now: () => number): Promise<OpenSource> {
  switch (config.client) {
    case "mqtt":
      return (await load<typeof import("./mqtt.ts")>("mqtt")).mqttOpener(config, now);
    case "nats":
      return (await load<typeof import("./nats.ts")>("nats")).natsOpener(config);
    case "redis":
      return (await load<typeof import("./redis.ts")>("redis")).redisOpener(config, now);
    case "file":
      return (await load<typeof import("./file.ts")>("file")).fileOpener(config, now);
  }
}

async function load<Module>(client: SourceConfig["client"]): Promise<Module> {
  return await import(new URL(`./${client}.ts`, import.meta.url).href);
}
