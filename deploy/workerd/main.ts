/**
 * An edge for workerd and Cloudflare Workers. With the binding EDGE, a namespace of Durable Objects
 * that have SQLite, it takes telemetry and keeps it there; without, it scores alone.
 */
import { type DurableStorage, openDurableObject } from "../../scoring/edge/platform/workerd.ts";
import {
  createStandaloneEdge,
  createStatelessEdge,
  GatewayError,
  type StandaloneEdge,
  type StatelessEdge,
} from "../../scoring/edge/standalone/mod.ts";
import { sharedOptions } from "../settings.ts";

/** How often the object syncs and ticks by itself. */
const ALARM_MS = 1_000;

/** Assignments are asked for with every so many alarms. */
const ALARMS_PER_REFRESH = 15;

interface Bindings {
  readonly EDGE?: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request): Promise<Response> };
  };
  readonly [setting: string]: unknown;
}

/** All of an edge's state, in one object: a device's points must meet in one place. */
export class EdgeObject {
  readonly #storage: DurableStorage;
  readonly #edge: Promise<StandaloneEdge>;
  #onError: (error: unknown) => void = console.error;
  #alarms = 0;

  constructor(state: { readonly storage: DurableStorage }, env: Bindings) {
    this.#storage = state.storage;
    this.#edge = sharedOptions(settingOf(env)).then((options) => {
      this.#onError = options.onError;
      return createStandaloneEdge({ ...options, database: openDurableObject(state.storage) });
    });
  }

  async fetch(request: Request): Promise<Response> {
    const edge = await this.#edge;
    // One that is set already comes when it comes: requests must not put it off.
    if (await this.#storage.getAlarm() === null) await this.#storage.setAlarm(Date.now());
    return await edge.app.fetch(request);
  }

  /** The runtime's clock in place of `run`: an object sleeps between requests. */
  async alarm(): Promise<void> {
    const edge = await this.#edge;
    const attempt = (work: () => Promise<unknown>) =>
      work().catch((error) => {
        // The edge's log has told it.
        if (!(error instanceof GatewayError)) this.#onError(error);
      });
    if (this.#alarms++ % ALARMS_PER_REFRESH === 0) await attempt(() => edge.refreshAssignments());
    await attempt(() => edge.sync());
    await attempt(() => edge.tick());
    await this.#storage.setAlarm(Date.now() + ALARM_MS);
  }
}

let scoring: Promise<StatelessEdge> | undefined;

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    if (env.EDGE) return await env.EDGE.get(env.EDGE.idFromName("edge")).fetch(request);
    scoring ??= sharedOptions(settingOf(env)).then(openScoring);
    return await (await scoring).app.fetch(request);
  },
};

function openScoring(options: Awaited<ReturnType<typeof sharedOptions>>): StatelessEdge {
  if (options.config.volatileBytesMax === undefined) return createStatelessEdge(options);
  throw new Error(
    "Cannot keep points in the memory of a worker, which is not one place: bind EDGE",
  );
}

function settingOf(env: Bindings): (name: string) => string | undefined {
  return (name) => {
    const value = env[name];
    return typeof value === "string" ? value : undefined;
  };
}
