const REMOTE_SCHEMES = ["http:", "https:", "libsql:"];

/** The address of an embedded database; `path` may hold any character. */
export function fileUrl(path: string): string {
  return `file:${path.replaceAll(/[%?#]/g, encodeURIComponent)}`;
}

/**
 * Path of an embedded database, `undefined` for a server.
 *
 * @throws {RangeError} When it is neither, or would keep nothing.
 */
export function filePathOf(url: string): string | undefined {
  if (REMOTE_SCHEMES.some((scheme) => url.startsWith(scheme))) return undefined;
  if (!url.startsWith("file:")) {
    const wanted = ["file:", ...REMOTE_SCHEMES].join(", ");
    throw new RangeError(`Cannot open database as its address must begin with one of ${wanted}`);
  }
  const path = url.slice("file:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "" || path.startsWith(":memory:") || /[?#]/.test(path)) {
    throw new RangeError(`Cannot open database "${url}" as it must name a file and nothing else`);
  }
  return decodedPath(path);
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new RangeError(`Cannot open database as its path "${path}" has a stray %`, { cause });
  }
}
