import type { SampleBatch } from "../../intake/mod.ts";
import type { SeriesOutcome } from "../../mapping/mod.ts";
import { LABEL_NAME_BYTES_MAX, LABEL_VALUE_BYTES_MAX } from "../limits.ts";
import { Problem } from "../problem.ts";
import { type Line, LineError, LineReader } from "./line_reader.ts";
import { instantMs, type Precision } from "./precision.ts";

export interface LinesOptions {
  readonly precision: Precision;
  /** Wall clock for lines without a timestamp, ms. */
  readonly now: number;
  /** What the query names, as `__database__`; rules may use it. */
  readonly target: ReadonlyMap<string, string>;
}

/**
 * Reads line protocol into the batch: each field of a line is a sample, whose position is the number of
 * its line less one. Lines that cannot be read are refused one by one.
 * @throws {Problem} When there is too much.
 */
export function readLines(bytes: Uint8Array, batch: SampleBatch, options: LinesOptions): void {
  checkLineCount(bytes);
  const reader = new LineReader(textOf(bytes));
  for (;;) {
    try {
      const line = reader.next();
      if (line === undefined) return;
      takeLine(checked(line), reader.lineNumber - 1, batch, options);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const message = `Cannot read line ${reader.lineNumber}: ${error.message}`;
      batch.refuseSample(reader.lineNumber - 1, "", "LINE_INVALID", message);
    }
  }
}

/** Lines of one request, with empty ones, comments and breaks in texts: each may be a sample or refused. */
const LINES_PER_REQUEST_MAX = 20_000;

/** Before a text is made of the bytes, which takes up to twice as many. */
function checkLineCount(bytes: Uint8Array): void {
  let count = 1;
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1)) {
    if (++count <= LINES_PER_REQUEST_MAX) continue;
    const message = `Cannot take more than ${LINES_PER_REQUEST_MAX} lines in one request`;
    throw new Problem("SAMPLES_TOO_MANY", message, { limit: LINES_PER_REQUEST_MAX });
  }
}

const LINE_BREAK = 0x0a;

/** One bad byte must not cost its neighbours, so it becomes the character that stands for one. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: false }).decode(bytes);
}

const BAD_BYTE = "\ufffd";

function checked(line: Line): Line {
  const { measurement, tags, fields } = line;
  const names = [measurement, ...tags.keys(), ...fields.map(([key]) => key)];
  if (names.some((name) => name.length > LABEL_NAME_BYTES_MAX)) {
    throw new LineError(`a name has more than ${LABEL_NAME_BYTES_MAX} characters`);
  }
  const values = [...tags.values()];
  if (values.some((value) => value.length > LABEL_VALUE_BYTES_MAX)) {
    throw new LineError(`a tag has more than ${LABEL_VALUE_BYTES_MAX} characters`);
  }
  if ([...names, ...values].some((text) => text.includes(BAD_BYTE))) {
    throw new LineError("it is not UTF-8");
  }
  return line;
}

function takeLine(line: Line, position: number, batch: SampleBatch, options: LinesOptions): void {
  const at = line.timestamp === undefined
    ? options.now
    : instantMs(line.timestamp, options.precision);
  for (const [key, value] of line.fields) {
    if (value === "text") batch.skip("text");
    else batch.add(seriesOf(line, key, batch, options), position, at, value);
  }
}

/** Named as Telegraf names it for Prometheus; a field called `value` adds nothing to its measurement. */
function seriesOf(
  { measurement, tags }: Line,
  field: string,
  batch: SampleBatch,
  { target }: LinesOptions,
): SeriesOutcome {
  const resource = new Map(target).set("__measurement__", measurement).set("__field__", field);
  const name = field === "value" ? measurement : `${measurement}_${field}`;
  return batch.map({ source: "influx", name, labels: tags, resource });
}
