import type { Hono } from "hono";
import { Problem } from "../wire/mod.ts";
import type { Guard, Handler, TellProblem } from "./guard.ts";

/** Answers one method of a path by `handler`, and the others with 405; problems as `tell` has them. */
export function serveRoute(
  app: Hono,
  guard: Guard,
  method: "GET" | "POST",
  path: string,
  handler: Handler,
  tell?: TellProblem,
): void {
  const allow = method === "GET" ? "GET, HEAD" : method;
  app.on(method, path, guard(path, handler, tell));
  app.all(
    path,
    guard(path, ({ req }) => {
      const message = `Cannot ${req.method.slice(0, 16)} here: wanted ${allow}`;
      throw new Problem("METHOD_NOT_ALLOWED", message, { headers: { allow } });
    }, tell),
  );
}
