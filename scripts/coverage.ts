/**
 * `deno task coverage DIR` checks the line coverage that `DENO_COVERAGE_DIR=DIR deno task test` left:
 * 90 % of scoring and domain together, 80 % of everything that ships.
 */
const SHIPPED = ["api/", "domain/", "migrations/", "schema/", "scoring/", "scripts/"];
const FLOORS = [
  { name: "scoring and domain", folders: ["scoring/", "domain/"], percentMin: 90 },
  { name: "all", folders: SHIPPED, percentMin: 80 },
] as const;

interface FileCoverage {
  readonly path: string;
  readonly lines: number;
  readonly covered: number;
}

const directory = Deno.args[0];
if (!directory || Deno.args.includes("--help")) {
  console.log("Usage: deno task coverage DIR\nExample: deno task coverage coverage");
  Deno.exit(directory ? 0 : 2);
}
const files = parseLcov(await lcovOf(directory)).filter((file) =>
  startsWithAny(file.path, SHIPPED)
);
for (const file of files.toSorted((a, b) => percentOf([a]) - percentOf([b])).slice(0, 15)) {
  console.log(`${percentOf([file]).toFixed(1).padStart(6)} %  ${file.path}`);
}
const results = FLOORS.map(({ name, folders, percentMin }) => {
  const percent = percentOf(files.filter((file) => startsWithAny(file.path, folders)));
  console.log(`${percent.toFixed(1).padStart(6)} %  ${name} (at least ${percentMin} %)`);
  return percent >= percentMin;
});
Deno.exit(results.every(Boolean) ? 0 : 1);

async function lcovOf(directory: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--lcov", directory],
    stderr: "inherit",
  });
  return new TextDecoder().decode((await command.output()).stdout);
}

function parseLcov(text: string): FileCoverage[] {
  const root = new URL("../", import.meta.url).pathname;
  return text.split("end_of_record").filter((record) => record.includes("SF:")).map((record) => ({
    path: /SF:(.*)/.exec(record)![1].replace(root, ""),
    lines: Number(/LF:(\d+)/.exec(record)![1]),
    covered: Number(/LH:(\d+)/.exec(record)![1]),
  }));
}

function percentOf(files: readonly FileCoverage[]): number {
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  return lines === 0 ? 0 : 100 * files.reduce((sum, file) => sum + file.covered, 0) / lines;
}

function startsWithAny(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder));
}
