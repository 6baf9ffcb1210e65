import { StorageError } from "./write.ts";

/** The file belongs to another process; `holder` is how that one describes itself. */
export class FileLockedError extends Error {
  override readonly name = "FileLockedError";
  constructor(readonly path: string, readonly holder: string) {
    super(`Cannot open "${path}" as it is in use by ${holder}`);
  }
}

/** Held until closed, or until the process ends in whatever way. */
export interface FileLock {
  close(): void;
}

/**
 * Takes the operating system's lock that says that this process owns a database file. The lock is on a
 * file beside it, because closing any handle of the database file itself would drop SQLite's locks.
 *
 * @param holder Shown to whoever finds it held, as "the gateway at http://127.0.0.1:8000".
 * @throws {FileLockedError} When another process, or another opener in this one, holds it.
 * @throws {StorageError} When the file's folder is missing or not writable.
 */
export async function lockFile(path: string, holder: string): Promise<FileLock> {
  const lockPath = `${path}.lock`;
  const file = await openedLock(lockPath);
  if (!await file.tryLock(true)) {
    file.close();
    throw new FileLockedError(path, await describedHolder(lockPath));
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${holder} (process ${Deno.pid})`));
  return { close: () => file.close() };
}

async function openedLock(lockPath: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(lockPath, { read: true, write: true, create: true });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError("CANNOT_OPEN", `Cannot open lock file: ${said}`, { cause });
  }
}

async function describedHolder(lockPath: string): Promise<string> {
  // Empty for the moment between the lock and the description.
  return await Deno.readTextFile(lockPath) || "another process";
}
