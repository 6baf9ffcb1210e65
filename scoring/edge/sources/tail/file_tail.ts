import { sleep } from "../../async/sleep.ts";
import { DEAD_LETTER_BODY_MAX, MESSAGE_BYTES_MAX, MESSAGES_IN_WORK_MAX } from "../limits.ts";
import type { SourceConnection, SourceMessage, SourcePosition } from "../source.ts";
import type { TailedFile, TailedFiles } from "./files.ts";
import { cutLines, type FileLine, withoutReturn } from "./lines.ts";
import { findAgain, isAt, MARK_BYTES, parsePosition, positionText } from "./position.ts";

/** How often a file is looked at that has not grown, ms. */
const LOOK_MS = 200;

/** Looks at a file that was moved: whoever writes it may not have heard of the new one at once. */
const LOOKS_MAX = 2;

/** Bytes of a table's heading. */
const HEADING_BYTES_MAX = 64 * 1024;

export interface FileTailOptions {
  readonly files: TailedFiles;
  readonly position: SourcePosition;
  /** Whether the first line of each file names the columns of the others. */
  readonly hasHeading: boolean;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Pause between looks at a file that has not grown; default 200 ms. */
  readonly lookMs?: number;
}

/**
 * Follows a file that grows by lines. One that is renamed is read to its end before its successor, and
 * so are all that came between; of one that was copied and emptied the copy is read to its end.
 * @throws {Error} When there is no file.
 */
export async function openFileTail(options: FileTailOptions): Promise<SourceConnection> {
  const tail = new FileTail(options);
  await tail.begin();
  return tail;
}

class FileTail implements SourceConnection {
  readonly #options: FileTailOptions;
  #file: TailedFile | undefined;
  #offset = 0;
  #mark = new Uint8Array();
  #heading: Uint8Array | undefined;
  /** Looks since another file has its name that found nothing more in it. */
  #looksSinceMoved = 0;
  /** Whether the rest of a line is passed over that was too long. */
  #isSkipping = false;
  #lag: number | null = null;

  constructor(options: FileTailOptions) {
    this.#options = options;
  }

  get lag(): number | null {
    return this.#lag;
  }

  /** Goes on where the position says, or else at the beginning of the file. */
  async begin(): Promise<void> {
    const text = this.#options.position.load();
    if (text !== undefined) await this.#goOn(text);
    else await this.#goTo(this.#options.files.path);
    if (this.#file === undefined) throw new Error(`Cannot find ${this.#options.files.path}`);
    // A file that is rotated before its first line was taken must be known again as well.
    if (text === undefined) await this.acknowledge();
  }

  async next(signal: AbortSignal): Promise<readonly SourceMessage[]> {
    while (!signal.aborted) {
      const messages = await this.#read();
      if (messages.length > 0) return messages;
      if (!await this.#moveOn()) await sleep(this.#options.lookMs ?? LOOK_MS, signal);
    }
    return [];
  }

  acknowledge(): Promise<void> {
    this.#options.position.save(this.#positionText());
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#file?.close();
    this.#file = undefined;
    return Promise.resolve();
  }

  /** Lines that have come, as messages. */
  async #read(): Promise<readonly SourceMessage[]> {
    if (this.#file === undefined || !await this.#isUnchanged(this.#file)) return [];
    const bytes = await this.#file.read(this.#offset, MESSAGE_BYTES_MAX);
    this.#lag = Math.max(0, await this.#file.size() - this.#offset);
    if (this.#isSkipping) return this.#skip(bytes);
    const { lines, until } = cutLines(bytes, this.#offset, MESSAGES_IN_WORK_MAX);
    if (lines.length > 0) this.#looksSinceMoved = 0;
    else if (this.#looksSinceMoved === LOOKS_MAX && bytes.length > 0) return this.#takeRest(bytes);
    if (until === this.#offset && bytes.length === MESSAGE_BYTES_MAX) return this.#refuse(bytes);
    this.#advance(bytes.subarray(0, until - this.#offset));
    return this.#messagesOf(lines);
  }

  /** Nobody will end the last line of a file that has been left. */
  #takeRest(bytes: Uint8Array): SourceMessage[] {
    const from = this.#offset;
    this.#advance(bytes);
    return this.#messagesOf([{ bytes: withoutReturn(bytes).slice(), from }]);
  }

  /** Messages of lines; the first of a table is its heading. */
  #messagesOf(lines: readonly FileLine[]): SourceMessage[] {
    const rows = lines.filter(({ bytes, from }) => !this.#takesHeading(bytes, from));
    return rows.map(({ bytes, from }) => this.#message(bytes, from));
  }

  #takesHeading(bytes: Uint8Array, from: number): boolean {
    if (!this.#options.hasHeading || from > 0) return false;
    this.#heading = bytes;
    return true;
  }

  #message(line: Uint8Array, from: number): SourceMessage {
    const body = this.#heading === undefined ? line : joined(this.#heading, line);
    return { id: String(from), topic: this.#options.files.path, body, at: this.#options.now() };
  }

  /** A line without an end cannot be waited for: memory would end first. */
  #refuse(bytes: Uint8Array): SourceMessage[] {
    const from = this.#offset;
    this.#advance(bytes);
    this.#isSkipping = true;
    const message = `Cannot take a line of more than ${MESSAGE_BYTES_MAX} bytes`;
    const beginning = this.#message(bytes.slice(0, DEAD_LETTER_BODY_MAX), from);
    return [{ ...beginning, fault: { code: "MESSAGE_TOO_LONG", message } }];
  }

  async #skip(bytes: Uint8Array): Promise<readonly SourceMessage[]> {
    const end = bytes.indexOf(10);
    this.#isSkipping = end < 0;
    this.#advance(end < 0 ? bytes : bytes.subarray(0, end + 1));
    return end < 0 && bytes.length === 0 ? [] : await this.#read();
  }

  /** Counts bytes as read. */
  #advance(bytes: Uint8Array): void {
    this.#offset += bytes.length;
    this.#mark = joinedTail(this.#mark, bytes);
  }

  async #isUnchanged(file: TailedFile): Promise<boolean> {
    return await isAt(file, { identity: file.identity, offset: this.#offset, mark: this.#mark });
  }

  /** Looks for another file once this one is over; whether there is something to read at once. */
  async #moveOn(): Promise<boolean> {
    const { files } = this.#options;
    if (this.#file === undefined) {
      await this.#goTo(files.path);
      return this.#file !== undefined;
    }
    if (!await this.#isUnchanged(this.#file)) {
      await this.#goOn(this.#positionText());
      return true;
    }
    const listed = await files.list();
    const { identity } = this.#file;
    const growing = listed.find(({ path }) => path === files.path);
    if (growing === undefined || growing.identity === identity) return false;
    if (this.#looksSinceMoved < LOOKS_MAX) {
      this.#looksSinceMoved++;
      return false;
    }
    const place = listed.findIndex((file) => file.identity === identity);
    await this.#goTo(place < 0 ? files.path : listed[place + 1]?.path ?? files.path);
    return true;
  }

  async #goTo(path: string): Promise<void> {
    const file = await this.#options.files.open(path);
    this.#use(file, 0, new Uint8Array());
  }

  async #goOn(text: string): Promise<void> {
    const { files } = this.#options;
    const position = parsePosition(text);
    const file = await findAgain(files, await files.list(), position);
    if (file === undefined) return await this.#goTo(files.path);
    this.#use(file, position.offset, position.mark);
    if (this.#options.hasHeading && position.offset > 0) this.#heading = await headingOf(file);
  }

  #use(file: TailedFile | undefined, offset: number, mark: Uint8Array): void {
    this.#file?.close();
    this.#file = file;
    this.#offset = offset;
    this.#mark = mark.slice();
    this.#heading = undefined;
    this.#isSkipping = false;
    this.#looksSinceMoved = 0;
  }

  #positionText(): string {
    const identity = this.#file?.identity ?? "";
    return positionText({ identity, offset: this.#offset, mark: this.#mark });
  }
}

async function headingOf(file: TailedFile): Promise<Uint8Array | undefined> {
  const bytes = await file.read(0, HEADING_BYTES_MAX);
  const end = bytes.indexOf(10);
  return end < 0 ? undefined : withoutReturn(bytes.subarray(0, end)).slice();
}

function joined(heading: Uint8Array, line: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(heading.length + 1 + line.length);
  bytes.set(heading);
  bytes[heading.length] = 10;
  bytes.set(line, heading.length + 1);
  return bytes;
}

/** The last bytes of both in turn, as many as a mark has. */
function joinedTail(before: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const fresh = bytes.subarray(-MARK_BYTES);
  const kept = before.subarray(Math.max(0, before.length + fresh.length - MARK_BYTES));
  const mark = new Uint8Array(kept.length + fresh.length);
  mark.set(kept);
  mark.set(fresh, kept.length);
  return mark;
}
