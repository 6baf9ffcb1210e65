/** Resolves when the process is asked to end, by Ctrl-C or a service manager. */
export async function untilAskedToEnd(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, resolve);
  await promise;
  // A second one ends the process at once.
  for (const signal of signals) Deno.removeSignalListener(signal, resolve);
}
