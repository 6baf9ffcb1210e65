import { fileURLToPath } from "node:url";
import { encodeMessage, readMessages } from "../message.ts";
import type { CustomLimits } from "../limits.ts";
import type { Answerer } from "../answerer.ts";

/**
 * A module in a process of its own, whose only right is to read the code: the module's folder and
 * ours. In this process it could end it, by `process.abort` and others, and share its memory.
 */
export function startModule(moduleUrl: string, limits: CustomLimits): Answerer {
  const sandbox = new URL("sandbox.ts", import.meta.url);
  const child = new Deno.Command(denoCommand(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--no-lock",
      "--unstable-worker-options",
      ...importRights(moduleUrl),
      sandbox.href,
      moduleUrl,
      String(limits.memoryBytes),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  const answers = readMessages(child.stdout, limits.answerBytes);

  return {
    async ask(request) {
      // It may have ended; then there is no answer either.
      await input.write(encodeMessage(request)).catch(() => {});
      const { value, done } = await answers.next();
      if (done) throw new Error("its process has ended");
      return value;
    },
    stop() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
    },
  };
}

/** The program that runs us, unless only the one of that name may be started. */
function denoCommand(): string {
  const path = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: path });
  return state === "granted" ? path : "deno";
}

/** What must be read or fetched so that the module can be loaded; its Worker has no rights at all. */
function importRights(moduleUrl: string): string[] {
  const { protocol, host } = new URL(moduleUrl);
  const folders = [new URL("../../../scoring/", import.meta.url), new URL("../", import.meta.url)];
  if (protocol === "file:") folders.push(new URL("./", moduleUrl));
  return [
    // A comma within a path is doubled.
    `--allow-read=${folders.map((folder) => fileURLToPath(folder).replaceAll(",", ",,")).join()}`,
    ...(protocol === "https:" ? [`--allow-import=${host}`] : ["--no-remote"]),
  ];
}
