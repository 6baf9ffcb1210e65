const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A line and where it ends in its file. */
export interface FileLine {
  /** Without its break. */
  readonly bytes: Uint8Array;
  /** Offset of its first byte. */
  readonly from: number;
}

export interface CutLines {
  readonly lines: readonly FileLine[];
  /** Offset behind the last line taken. */
  readonly until: number;
}

/** Whole lines of bytes that begin at an offset, at most so many; empty ones are passed over. */
export function cutLines(bytes: Uint8Array, offset: number, countMax: number): CutLines {
  const lines: FileLine[] = [];
  let from = 0;
  while (lines.length < countMax) {
    const end = bytes.indexOf(LINE_FEED, from);
    if (end < 0) break;
    const line = withoutReturn(bytes.subarray(from, end));
    // A copy: a view would hold all that was read.
    if (line.length > 0) lines.push({ bytes: line.slice(), from: offset + from });
    from = end + 1;
  }
  return { lines, until: offset + from };
}

/** A line without the carriage return at its end. */
export function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
