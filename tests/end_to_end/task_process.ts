/** Root of the repository. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** What a task has answered. */
export interface TaskResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a task: only what a shell would have, and what the test gives. */
function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ["PATH", "HOME", "DENO_DIR", "TMPDIR", "HTTPS_PROXY", "NPM_CONFIG_REGISTRY"];
  const inherited = kept.map((name) => [name, Deno.env.get(name)] as const)
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env };
}

/** Runs `deno task NAME ARGS` as a user would, permissions included, to its end. */
export async function runTask(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: ROOT,
    clearEnv: true,
    env: environment(env),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A task that keeps running. */
export interface RunningTask {
  readonly pid: number;
  /** Resolves with the first match of a line that it writes; rejects when it ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Lines so far, stdout and stderr as they came. */
  readonly lines: readonly string[];
  /** Its exit code once it has ended. */
  readonly ended: Promise<number>;
  /** Does nothing when it has ended. */
  kill(signal: Deno.Signal): void;
}

/**
 * Starts a task's own process, without `deno task` around it, so that a signal hits the process itself.
 * It runs with the permissions that `deno.json` gives the task.
 */
export function startTask(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningTask {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...taskCommand(name), ...args],
    cwd: ROOT,
    clearEnv: true,
    env: environment(env),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((look) => look());
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of linesOf(stream)) {
      lines.push(line);
      wake();
    }
  };
  let code: number | undefined;
  const ended = Promise.all([child.status, read(child.stdout), read(child.stderr)])
    .then(([status]) => {
      code = status.code;
      wake();
      return status.code;
    });
  return {
    pid: child.pid,
    lines,
    ended,
    kill: (signal) => {
      try {
        child.kill(signal);
      } catch (error) {
        // It has ended by itself meanwhile.
        if (!(error instanceof TypeError)) throw error;
      }
    },
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = lines.map((line) => pattern.exec(line)).find((found) => found !== null);
          if (match) resolve(match);
          else if (code !== undefined) {
            reject(new Error(`${name} ended with ${code} before ${pattern}:\n${lines.join("\n")}`));
          } else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What `deno.json` runs for a task, after `deno`. */
function taskCommand(name: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const [program, ...args] = tasks[name].command.split(" ");
  if (program !== "deno") throw new RangeError(`Cannot start task "${name}" as it is no deno run`);
  return args;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
