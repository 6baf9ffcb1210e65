import { survivesOutages, survivesPoison } from "./outages.ts";

async function withFile(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-tail-" });
  try {
    await Deno.writeTextFile(`${folder}/points.log`, "");
    await work(`${folder}/points.log`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const source = (path: string) => ({ name: "log", client: "file", path });

const append = (path: string) => (bodies: readonly string[]) =>
  Deno.writeTextFile(path, bodies.join("\n") + "\n", { append: true, create: true });

Deno.test("file: each line once after ten outages, although the file is rotated in each", () =>
  withFile(async (path) => {
    let rotations = 0;
    const publish = async (bodies: readonly string[]) => {
      await append(path)(bodies.slice(0, 10));
      // Of a kernel's clock that ticks every few milliseconds two files would be as old.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await Deno.rename(path, `${path}.${++rotations}`);
      await append(path)(bodies.slice(10));
    };
    await survivesOutages({ source: source(path), publish });
  }));

Deno.test("file: poison costs no neighbour", () =>
  withFile((path) => survivesPoison({ source: source(path), publish: append(path) })));
