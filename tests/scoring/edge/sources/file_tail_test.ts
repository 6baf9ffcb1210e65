import { assertEquals } from "@std/assert";
import {
  type FileConfig,
  openFileTail,
  type SourceConnection,
  type SourcePosition,
} from "../../../../scoring/edge/mod.ts";
import { fileOpener } from "../../../../scoring/edge/platform/sources/file.ts";

/** A log in a folder of its own, and who follows it. */
class Log implements AsyncDisposable {
  readonly path: string;
  #saved: string | undefined;
  #tail: SourceConnection | undefined;
  readonly #position: SourcePosition = {
    load: () => this.#saved,
    save: (text) => this.#saved = text,
  };

  constructor(readonly folder: string, readonly format: "json" | "csv") {
    this.path = `${folder}/points.log`;
  }

  write(text: string, path = this.path): void {
    Deno.writeTextFileSync(path, text, { append: true });
  }

  /** Gives a file an age, so that the order of files does not depend on the clock. */
  age(path: string, seconds: number): void {
    Deno.utimeSync(path, seconds, seconds);
  }

  /** Follows from the position kept, as after a restart. */
  async open(): Promise<void> {
    await this.#tail?.close();
    const config = { path: this.path, reading: { format: this.format } } as FileConfig;
    const open = fileOpener(config, () => 0);
    this.#tail = await open({ signal: new AbortController().signal, position: this.#position });
  }

  /** The next lines; acknowledged unless told otherwise. */
  async take(isAcknowledged = true): Promise<string[]> {
    const messages = await this.#tail!.next(new AbortController().signal);
    if (isAcknowledged) await this.#tail!.acknowledge();
    return messages.map(({ body, fault }) => fault?.code ?? new TextDecoder().decode(body));
  }

  async [Symbol.asyncDispose]() {
    await this.#tail?.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function openLog(text: string, format: "json" | "csv" = "json"): Promise<Log> {
  const log = new Log(await Deno.makeTempDir(), format);
  log.write(text);
  await log.open();
  return log;
}

Deno.test("whole lines are messages, a line without its break is waited for", async () => {
  await using log = await openLog("a\r\n\nb\nc");
  assertEquals(await log.take(), ["a", "b"]);
  log.write("d\n");
  assertEquals(await log.take(), ["cd"]);
});

Deno.test("what was not acknowledged comes again, and nothing else", async () => {
  await using log = await openLog("a\n");
  assertEquals(await log.take(), ["a"]);
  log.write("b\n");
  assertEquals(await log.take(false), ["b"]);
  await log.open();
  assertEquals(await log.take(), ["b"]);
  log.write("c\n");
  await log.open();
  assertEquals(await log.take(), ["c"]);
});

Deno.test("a file that is renamed is read to its end, then the new one", async () => {
  await using log = await openLog("a\n");
  assertEquals(await log.take(), ["a"]);
  log.write("b\nc");
  Deno.renameSync(log.path, `${log.path}.1`);
  log.write("d\n");
  assertEquals(await log.take(), ["b"]);
  assertEquals(await log.take(), ["c"]);
  assertEquals(await log.take(), ["d"]);
});

Deno.test("files that were rotated while nobody followed are read in turn", async () => {
  await using log = await openLog("a\nb\n");
  log.age(log.path, 1_000);
  assertEquals(await log.take(), ["a", "b"]);
  log.write("c\n");
  log.age(log.path, 1_000);
  Deno.renameSync(log.path, `${log.path}.2`);
  log.write("d\n");
  log.age(log.path, 2_000);
  Deno.renameSync(log.path, `${log.path}.1`);
  log.write("e\n");
  log.write("not lines", `${log.path}.3.gz`);
  await log.open();
  assertEquals([...await log.take(), ...await log.take(), ...await log.take()], ["c", "d", "e"]);
});

const LONG = "x".repeat(40);

Deno.test("of a file that is copied and emptied the copy's rest is read first", async () => {
  await using log = await openLog(`${LONG}\n`);
  assertEquals(await log.take(), [LONG]);
  log.write("b\n");
  Deno.copyFileSync(log.path, `${log.path}.1`);
  Deno.truncateSync(log.path);
  log.write("c\n");
  assertEquals(await log.take(), ["b"]);
  assertEquals(await log.take(), ["c"]);
});

Deno.test("a file that is emptied and has grown beyond its old length is read from its beginning", async () => {
  await using log = await openLog("a\n");
  assertEquals(await log.take(), ["a"]);
  Deno.truncateSync(log.path);
  log.write("b\nc\nd\n");
  assertEquals(await log.take(), ["b", "c", "d"]);
});

Deno.test("a line that is too long is told once and passed over", async () => {
  await using log = await openLog("");
  log.write("x".repeat(3_000_000) + "\nb\n");
  assertEquals([...await log.take(), ...await log.take()], ["MESSAGE_TOO_LONG", "b"]);
});

Deno.test("rows of a table carry its heading, after a restart and in the next file too", async () => {
  await using log = await openLog("at,level\n1,2\n", "csv");
  assertEquals(await log.take(), ["at,level\n1,2"]);
  log.write("3,4\n");
  await log.open();
  assertEquals(await log.take(), ["at,level\n3,4"]);
  Deno.renameSync(log.path, `${log.path}.1`);
  log.write("at,heat\n5,6\n");
  assertEquals(await log.take(), ["at,heat\n5,6"]);
});

Deno.test("a tail ends its wait at once when it is told to", async () => {
  const files = { path: "a", list: () => Promise.resolve([]), open: () => Promise.resolve(EMPTY) };
  const position = { load: () => undefined, save: () => {} };
  const tail = await openFileTail({ files, position, hasHeading: false, now: () => 0 });
  const stop = new AbortController();
  const waiting = tail.next(stop.signal);
  stop.abort();
  assertEquals(await waiting, []);
  await tail.close();
});

const EMPTY = {
  identity: "1",
  size: () => Promise.resolve(0),
  read: () => Promise.resolve(new Uint8Array()),
  close: () => {},
};
