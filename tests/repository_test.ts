import { assertEquals } from "@std/assert";

const root = new URL("../", import.meta.url);

const tracked = trackedFiles();
if (!tracked) console.log("tests/repository_test.ts: skipped, as this is not a git checkout");

/** Files of the checkout, or `undefined` where there is no git or no checkout. */
function trackedFiles(): string[] | undefined {
  try {
    const { success, stdout } = new Deno.Command("git", {
      args: ["ls-files", "-co", "--exclude-standard"],
      cwd: root,
    }).outputSync();
    const paths = new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
    return success ? paths : undefined;
  } catch {
    return undefined;
  }
}

/** Text files of the repository by path; what is not UTF-8 is data. */
async function texts(): Promise<[path: string, text: string][]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const found: [string, string][] = [];
  for (const path of tracked ?? []) {
    try {
      found.push([path, decoder.decode(await Deno.readFile(new URL(path, root)))]);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}

const FORBIDDEN = [
  ["a host of a package registry", /registry\.[a-z]+js\.org|deb\.debian\.org|pypi\.org/],
  ["a path of one machine", /(?:^|[\s"'`(=])\/(?:work|home|Users|root)\//m],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["an API key with its secret", /\btl_[0-9A-Za-z]{12}_[0-9A-Za-z_-]{43}\b/],
  ["unfinished work", /\b(?:TODO|FIXME|XXX)\b/],
] as const;

for (const [name, pattern] of FORBIDDEN) {
  const title = `the repository holds no ${name.replace(/^an? /, "")}`;
  Deno.test({ name: title, ignore: !tracked }, async () => {
    const offenders = (await texts()).filter(([path]) => path !== "tests/repository_test.ts")
      .filter(([, text]) => pattern.test(text)).map(([path]) => path);
    assertEquals(offenders, []);
  });
}

Deno.test("every task has a description", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const nameless = Object.entries(tasks as Record<string, { description?: string }>)
    .filter(([, task]) => !task.description).map(([name]) => name);
  assertEquals(nameless, []);
});
