/** Files that grow by lines. */
export { type FileTailOptions, openFileTail } from "./file_tail.ts";
export type { NamedFile, TailedFile, TailedFiles } from "./files.ts";
