import { type Context, Hono } from "hono";
import { Problem } from "../wire/mod.ts";
import type { Guard, Guarded, Handler, TellProblem } from "./guard.ts";

/**
 * The paths of an app. Hono finds those with a parameter; all others are looked up in a map before it,
 * as its context and promises cost as much as scoring a vector does.
 */
export class Routes {
  readonly app = new Hono();
  readonly #guard: Guard;
  readonly #exact = new Map<string, Guarded>();

  constructor(guard: Guard) {
    this.#guard = guard;
    const { fetch } = this.app;
    this.app.fetch = (request, ...rest) => {
      // Hono answers HEAD as GET without the body.
      const exact = request.method === "HEAD" ? undefined : this.#exact.get(pathOf(request.url));
      return exact === undefined ? fetch(request, ...rest) : exact(request);
    };
    const unknown = guard("other", ({ url }) => {
      throw new Problem("NOT_FOUND", `Cannot find ${pathOf(url).slice(0, 64)}`);
    });
    this.app.notFound(({ req }) => unknown(req.raw));
  }

  /**
   * Answers one method of a path by `handler`, and the others with 405.
   * @param path With at most one parameter, named `id`, which the handler is given.
   * @param tell Tells problems in the sender's own words.
   */
  serve(method: "GET" | "POST", path: string, handler: Handler, tell?: TellProblem): void {
    const methods: readonly string[] = method === "GET" ? ["GET", "HEAD"] : [method];
    const answer = this.#guard(path, (request, id) => {
      if (methods.includes(request.method)) return handler(request, id);
      const allow = methods.join(", ");
      const message = `Cannot ${request.method.slice(0, 16)} here: wanted ${allow}`;
      throw new Problem("METHOD_NOT_ALLOWED", message, { headers: { allow } });
    }, tell);
    const asked = ({ req }: Context) => answer(req.raw, req.param("id"));
    this.app.on(method, path, asked).all(path, asked);
    if (!path.includes(":")) this.#exact.set(path, answer);
  }
}

/** As `/v1/score` of "http://edge:8100/v1/score?model=a". */
function pathOf(url: string): string {
  const from = url.indexOf("/", url.indexOf("://") + 3);
  const query = url.indexOf("?", from);
  return query < 0 ? url.slice(from) : url.slice(from, query);
}
