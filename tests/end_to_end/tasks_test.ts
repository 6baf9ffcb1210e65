import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTask } from "./task_process.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const HELPFUL = ["admin", "bench", "demo", "detect", "edge", "kill", "migrate", "schema", "start"];

for (const name of HELPFUL) {
  Deno.test(`deno task ${name} --help shows flags and an example`, async () => {
    const { code, stdout } = await runTask([name, "--help"]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Usage: deno task ${name}`);
    assertStringIncludes(stdout, "Examples:");
  });

  Deno.test(`deno task ${name} refuses an unknown flag with exit code 2`, async () => {
    const { code, stderr, stdout } = await runTask([name, "--no-such-flag"]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "--no-such-flag");
  });
}

Deno.test("migrate goes up, down and up again and tells where it is", () =>
  withFolder(async (folder) => {
    const migrate = async (action: string) => {
      const { code, stdout, stderr } = await runTask(
        ["migrate", action, "--json", "--data", folder],
      );
      assertEquals(code, 0, stderr);
      return JSON.parse(stdout);
    };
    const { migrations } = await migrate("status");
    assert(migrations.every((one: { executedAt: string | null }) => one.executedAt === null));
    const names = migrations.map((one: { name: string }) => one.name);
    assertEquals(await migrate("up"), { up: names });
    assertEquals(await migrate("down"), { down: names.slice(-1) });
    assertEquals(await migrate("up"), { up: names.slice(-1) });
    assertEquals(await migrate("up"), { up: [] });
  }));

Deno.test("admin sets an empty database up: keys, tenant, API key", () =>
  withFolder(async (folder) => {
    const env = { TREELINE_DATA: folder };
    const admin = async (...args: string[]) => {
      const { code, stdout, stderr } = await runTask(["admin", ...args, "--json"], env);
      assertEquals(code, 0, stderr);
      return JSON.parse(stdout);
    };
    assertEquals((await admin("keys")).publicKey.length, 44);
    const tenant = await admin("create-tenant", "acme", "--time-zone", "Europe/Berlin");
    assertEquals(tenant.timeZone, "Europe/Berlin");
    const { id, key } = await admin("create-key", "acme", "--role", "engineer");
    assertMatch(key, /^tl_[0-9A-Za-z]{12}_[0-9A-Za-z_-]{43}$/);
    const { keys } = await admin("list-keys", "acme");
    assertEquals(keys.map((one: { role: string }) => one.role), ["engineer"]);
    assert(!JSON.stringify(keys).includes(key));
    assertEquals((await admin("revoke-key", "acme", id)).revoked, true);
    assertEquals((await admin("list-tenants")).tenants.length, 1);
  }));

const REFUSED = [
  { args: ["admin", "create-tenant", ""], code: 2, says: "name" },
  { args: ["admin", "create-key", "nobody"], code: 2, says: "nobody" },
  { args: ["admin", "nonsense"], code: 2, says: "nonsense" },
  { args: ["migrate", "sideways"], code: 2, says: "sideways" },
  { args: ["start"], code: 2, says: "deno task admin keys" },
] as const;

for (const { args, code, says } of REFUSED) {
  Deno.test(`deno task ${args.join(" ")} is refused with exit code ${code}`, () =>
    withFolder(async (folder) => {
      const result = await runTask(args, { TREELINE_DATA: folder });
      assertEquals(result.code, code, result.stderr);
      assertStringIncludes(result.stderr, says);
    }));
}

const WEAK_SETTINGS = [
  ["TREELINE_CURSOR_SECRET", "changeme"],
  ["TREELINE_CURSOR_SECRET", "change-me-change-me-change-me-change-me"],
  ["TREELINE_DATABASE_TOKEN", "token"],
] as const;

for (const [name, secret] of WEAK_SETTINGS) {
  Deno.test(`deno task start refuses ${name}=${secret} with exit code 2 and a sentence`, () =>
    withFolder(async (folder) => {
      await runTask(["admin", "keys"], { TREELINE_DATA: folder });
      const { code, stderr, stdout } = await runTask(
        ["start"],
        { TREELINE_DATA: folder, [name]: secret },
      );
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, new RegExp(`^Cannot use ${name} as it is a weak secret: .+\n$`));
    }));
}

Deno.test("a task that finds the database in use says by whom and exits 3", () =>
  withFolder(async (folder) => {
    const path = `${folder}/treeline.db.lock`;
    const lock = await Deno.open(path, { write: true, create: true });
    await lock.lock(true);
    await Deno.writeTextFile(path, "the gateway (process 7)");
    const { code, stderr } = await runTask(["migrate", "status", "--data", folder]);
    lock.close();
    assertEquals(code, 3);
    assertStringIncludes(stderr, "the gateway (process 7)");
  }));
