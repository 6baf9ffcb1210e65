/** A disk of its own in memory, so small that a test can fill it. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all that is left, as another program would. */
  readonly fill: () => Promise<void>;
  /** Gives it back. */
  readonly free: () => Promise<void>;
}

const PIECE_BYTES = 4_096;

/** Whether this process may mount one. */
export async function canMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    return await ran("mount", ...OPTIONS, "size=64k", "tmpfs", folder) &&
      await ran("umount", folder);
  } finally {
    await Deno.remove(folder);
  }
}

export async function withSmallDisk(
  bytes: number,
  work: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  if (!await ran("mount", ...OPTIONS, `size=${bytes}`, "tmpfs", folder)) {
    throw new Error("Cannot mount a disk in memory");
  }
  const ballast = `${folder}/ballast`;
  try {
    await work({
      folder,
      fill: () => fillUp(ballast),
      free: () => Deno.remove(ballast),
    });
  } finally {
    await ran("umount", "--lazy", folder);
    await Deno.remove(folder);
  }
}

const OPTIONS = ["-t", "tmpfs", "-o"];

async function ran(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: [...args], stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

async function fillUp(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, append: true });
  const piece = new Uint8Array(PIECE_BYTES);
  try {
    for (;;) await file.write(piece);
  } catch (error) {
    // No space left on device: it has no class of its own.
    if (!/os error 28/.test(String(error))) throw error;
  }
}
