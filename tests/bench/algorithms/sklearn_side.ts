import type { Matrix } from "../../../scoring/forest/mod.ts";

/** scikit-learn in a process of its own. */
export interface SklearnSide {
  /** Scores of all rows by a method fitted to them; higher is worse. */
  score(method: string, rows: Matrix, seed: number): Promise<Float64Array>;
  stop(): Promise<void>;
}

/** A Python of one's own often hides the system's, which has Debian's packages. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/** `undefined` where no Python has scikit-learn. */
export async function startSklearn(): Promise<SklearnSide | undefined> {
  for (const python of PYTHONS) {
    if (await hasSklearn(python)) return await openSide(python);
  }
  return undefined;
}

async function hasSklearn(python: string): Promise<boolean> {
  try {
    const args = ["-c", "import sklearn"];
    return (await new Deno.Command(python, { args, stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function openSide(python: string): Promise<SklearnSide> {
  const path = await Deno.makeTempFile({ suffix: ".f32" });
  const child = new Deno.Command(python, {
    args: [new URL("sklearn_peer.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();

  async function nextLine(): Promise<string> {
    let text = "";
    while (!text.endsWith("\n")) {
      const { value } = await output.read();
      if (value === undefined) throw new Error("Cannot compare as scikit-learn has ended");
      text += value;
    }
    return text;
  }

  return {
    async score(method, { data, columnCount }, seed) {
      await Deno.writeFile(path, new Uint8Array(data.slice().buffer));
      const command = JSON.stringify({ method, path, columns: columnCount, seed });
      await input.write(new TextEncoder().encode(command + "\n"));
      return Float64Array.from(JSON.parse(await nextLine()));
    },
    async stop() {
      await input.close();
      await output.cancel();
      await child.status;
      await Deno.remove(path);
    },
  };
}
