import {
  type FileConfig,
  type NamedFile,
  openFileTail,
  type OpenSource,
  type TailedFile,
  type TailedFiles,
} from "../../sources/mod.ts";

/** Endings of what was a log and cannot be read as lines any more, or is none yet. */
const NO_LINES = /\.(gz|bz2|xz|zst|zip|tmp|swp)$/;

/** Follows a file of this disk. */
export function fileOpener({ path, reading }: FileConfig, now: () => number): OpenSource {
  return ({ position }) =>
    openFileTail({ files: filesOf(path), position, hasHeading: reading.format === "csv", now });
}

/** A file and those that are named after it, as `app.log.1` or `app.log-20260601`. */
function filesOf(path: string): TailedFiles {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "." : path.slice(0, slash + 1);
  const name = path.slice(slash + 1);
  const pathOf = (file: string) => slash < 0 ? file : folder + file;
  return {
    path,
    open: openFile,
    list: async () => {
      const found: Found[] = [];
      for await (const { name: file } of Deno.readDir(folder)) {
        const isRotated = /^[.-]/.test(file.slice(name.length)) && !NO_LINES.test(file);
        if (!file.startsWith(name) || (file !== name && !isRotated)) continue;
        const info = await infoOf(pathOf(file));
        if (info?.isFile) found.push(foundOf(pathOf(file), info));
      }
      const current = found.filter((file) => file.path === path);
      const rotated = found.filter((file) => file.path !== path);
      return [...rotated.sort((a, b) => a.changedAt - b.changedAt), ...current];
    },
  };
}

interface Found extends NamedFile {
  /** When it was last written, ms. */
  readonly changedAt: number;
}

function foundOf(path: string, info: Deno.FileInfo): Found {
  return { path, identity: identityOf(info), changedAt: info.mtime?.getTime() ?? 0 };
}

function identityOf({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function openFile(path: string): Promise<TailedFile | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return {
    identity: identityOf(await file.stat()),
    size: async () => (await file.stat()).size,
    read: (offset, length) => readAt(file, offset, length),
    close: () => file.close(),
  };
}

async function readAt(file: Deno.FsFile, offset: number, length: number): Promise<Uint8Array> {
  await file.seek(offset, Deno.SeekMode.Start);
  const size = (await file.stat()).size;
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
