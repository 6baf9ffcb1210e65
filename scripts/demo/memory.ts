const MIB = 1024 * 1024;

/** Most memory that the process has had resident so far, MiB. */
export function peakRssMb(): number {
  return Math.round((highWaterMark() ?? Deno.memoryUsage().rss) / MIB);
}

/** VmHWM of Linux, bytes; other systems have no such file. */
function highWaterMark(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"));
    return kilobytes ? Number(kilobytes[1]) * 1024 : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return undefined;
    }
    throw error;
  }
}
