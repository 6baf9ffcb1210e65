import { DependencyError, UsageError } from "../kit/mod.ts";

const MANIFEST = "treeline-demo.json";

/** All that a demo makes in its folder, except the lock, which its next owner takes. */
const FILES = [
  "treeline.db",
  "treeline.db-wal",
  "treeline.db-shm",
  "keys/signing.key",
  "keys/signing.pub",
  "keys/cursor.key",
  "api-key",
  "score.json",
];

/**
 * Prepares the demo's folder: makes it, and unless `keep` removes what an earlier demo has listed in its
 * own manifest there, and nothing else.
 *
 * @throws {UsageError} When the folder holds something but no manifest.
 * @throws {DependencyError} When a demo is running on it.
 */
export async function prepareFolder(folder: string, keep: boolean): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const listed = await readManifest(folder);
  if (!listed && !await isEmpty(folder)) {
    throw new UsageError(
      `Cannot use folder "${folder}" as it holds files that no demo has made: choose another by --data`,
    );
  }
  if (listed && !keep) await whileUnused(folder, () => removeAll(folder, listed));
  await Deno.writeTextFile(
    `${folder}/${MANIFEST}`,
    JSON.stringify({ about: "Made by deno task demo, which may remove these", files: FILES }),
  );
}

async function readManifest(folder: string): Promise<string[] | undefined> {
  try {
    const { files } = JSON.parse(await Deno.readTextFile(`${folder}/${MANIFEST}`));
    // Whatever the file says, nothing but a demo's own files is ever removed.
    return FILES.filter((name) => files.includes(name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(`Cannot read ${folder}/${MANIFEST}: remove the folder yourself`, {
      cause: error,
    });
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  for await (const _entry of Deno.readDir(folder)) return false;
  return true;
}

/** Runs work while no database of the folder is open; the lock is the one that opening takes. */
async function whileUnused(folder: string, work: () => Promise<void>): Promise<void> {
  const path = `${folder}/treeline.db.lock`;
  const lock = await Deno.open(path, { read: true, write: true, create: true });
  try {
    if (!await lock.tryLock(true)) {
      const holder = await Deno.readTextFile(path) || "another process";
      throw new DependencyError(`Cannot start fresh in "${folder}" as it is in use by ${holder}`);
    }
    await work();
  } finally {
    lock.close();
  }
}

async function removeAll(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await Deno.remove(`${folder}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
