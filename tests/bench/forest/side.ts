/** What is asked of a side, and with how many rows and calls. */
export interface Ask {
  readonly op: string;
  readonly rows: number;
  readonly calls: number;
}

/** One side of the bench, a process of its own. */
export interface Side {
  readonly ask: (command: Ask) => Promise<Answer>;
  readonly load: (folder: string, columns: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly cpuSeconds: number;
  readonly figures: readonly number[];
}

export type PeerName = "engine" | "sklearn" | "onnx" | "ml_isolation_forest";

export const HOW_TO_INSTALL: Readonly<Record<PeerName, string>> = {
  engine: "",
  sklearn: "apt-get install python3-sklearn",
  onnx: "deno install npm:onnxruntime-web@1.30.0",
  ml_isolation_forest: "deno install npm:ml-isolation-forest@0.1.0",
};

/** Starts a side and has it load once; `undefined` when it cannot. */
export async function startSide(
  name: PeerName,
  folder: string,
  columns: number,
): Promise<Side | undefined> {
  const script = (file: string) => new URL(file, import.meta.url).pathname;
  const attempts: [string, string[]][] = name === "sklearn"
    // A Python of one's own often hides the system's, which has Debian's packages.
    ? [["python3", [script("sklearn_peer.py")]], ["/usr/bin/python3", [script("sklearn_peer.py")]]]
    : [[Deno.execPath(), ["run", "-A", "--no-check", script(`${name}_peer.ts`)]]];
  for (const [command, args] of attempts) {
    try {
      const side = spawnSide(command, args);
      await side.load(folder, columns);
      return side;
    } catch (error) {
      if (!(error instanceof MissingPeerError || error instanceof Deno.errors.NotFound)) {
        throw error;
      }
    }
  }
  return undefined;
}

/** A peer's process that ended without an answer. */
class MissingPeerError extends Error {}

function spawnSide(command: string, args: string[]): Side {
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  async function ask(command: object): Promise<Answer> {
    await input.write(new TextEncoder().encode(JSON.stringify(command) + "\n")).catch(() => {});
    while (!text.includes("\n")) {
      const { value, done } = await output.read();
      if (done) throw new MissingPeerError(`Cannot measure as ${args.at(-1)} has ended`);
      text += value;
    }
    const end = text.indexOf("\n");
    const answer: Answer = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    return answer;
  }

  return {
    ask,
    load: async (folder, columns) => {
      await ask({ op: "load", folder, columns, rows: 1, calls: 1 });
    },
    stop: async () => {
      await input.close().catch(() => {});
      await output.cancel().catch(() => {});
      await child.status;
    },
  };
}
