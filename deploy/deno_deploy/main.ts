/** A score-only edge for Deno Deploy, or `deno serve`: no file system, no native code, no timers. */
import { createStatelessEdge, type StatelessEdge } from "../../scoring/edge/standalone/mod.ts";
import { sharedOptions } from "../settings.ts";

let edge: Promise<StatelessEdge> | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    edge ??= sharedOptions((name) => Deno.env.get(name)).then(createStatelessEdge);
    return await (await edge).app.fetch(request);
  },
};
