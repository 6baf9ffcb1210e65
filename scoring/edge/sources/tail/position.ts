import { isObject } from "../../wire/json.ts";
import type { NamedFile, TailedFile, TailedFiles } from "./files.ts";

/** Bytes before a position by which a file is known again: a few lines. */
export const MARK_BYTES = 256;

/** With fewer bytes another file may look the same. */
const TELLING_BYTES = 32;

/** How far a file has been read. */
export interface TailPosition {
  readonly identity: string;
  readonly offset: number;
  /** The last bytes before the offset. */
  readonly mark: Uint8Array;
}

/** The position as text. */
export function positionText({ identity, offset, mark }: TailPosition): string {
  return JSON.stringify({ identity, offset, mark: btoa(String.fromCharCode(...mark)) });
}

/** A position of `positionText`. @throws {SyntaxError} When it is none. */
export function parsePosition(text: string): TailPosition {
  const value: unknown = JSON.parse(text);
  if (isObject(value)) {
    const { identity, offset, mark } = value;
    if (typeof identity === "string" && Number.isSafeInteger(offset) && typeof mark === "string") {
      const bytes = Uint8Array.from(atob(mark), (character) => character.charCodeAt(0));
      return { identity, offset: offset as number, mark: bytes };
    }
  }
  throw new SyntaxError("Cannot read the position of a file");
}

/** Whether what was read before the position is still there. */
export async function isAt(file: TailedFile, { offset, mark }: TailPosition): Promise<boolean> {
  if (await file.size() < offset) return false;
  const bytes = await file.read(offset - mark.length, mark.length);
  return bytes.length === mark.length && mark.every((byte, index) => byte === bytes[index]);
}

/**
 * The file in which to read on: the same one, or a copy of it where it was emptied; `undefined` when
 * neither is there. The caller closes it.
 */
export async function findAgain(
  files: TailedFiles,
  listed: readonly NamedFile[],
  position: TailPosition,
): Promise<TailedFile | undefined> {
  const isSame = ({ identity }: NamedFile) => identity === position.identity;
  const copies = position.mark.length < TELLING_BYTES ? [] : listed.filter((file) => !isSame(file));
  for (const { path } of [...listed.filter(isSame), ...copies]) {
    const file = await files.open(path);
    if (file === undefined) continue;
    if (await isAt(file, position)) return file;
    file.close();
  }
  return undefined;
}
