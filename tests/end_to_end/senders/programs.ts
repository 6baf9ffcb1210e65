/** Senders of others, as a Debian system has them when their packages are installed. */
export const PROGRAMS = {
  prometheus: "/usr/bin/prometheus",
  vmagent: "/usr/bin/vmagent",
} as const;

/** Registers a test that needs a program; without it the test is skipped, and its name says so. */
export function testWith(
  program: keyof typeof PROGRAMS,
  name: string,
  run: (binary: string) => Promise<void>,
): void {
  const binary = PROGRAMS[program];
  const ignore = !isFile(binary);
  const title = ignore ? `${name} (skipped: ${program} is not installed)` : name;
  Deno.test({ name: title, ignore }, () => run(binary));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A program that runs until it is disposed of. */
export interface RunningProgram extends AsyncDisposable {
  /** What it has written so far. */
  output(): string;
}

export function startProgram(binary: string, args: readonly string[]): RunningProgram {
  const command = new Deno.Command(binary, { args: [...args], stdout: "piped", stderr: "piped" });
  return runningProgram(command.spawn());
}

/** A started program whose output is piped. */
export function runningProgram(child: Deno.ChildProcess): RunningProgram {
  let text = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) text += part;
  };
  const ended = Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  return {
    output: () => text,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
