import type {
  Algorithm,
  AlgorithmOptions,
  Fitted,
  Scorer,
} from "../../scoring/algorithm/algorithm.ts";
import { createByteWriter, openBytes } from "../../scoring/algorithm/bytes/mod.ts";
import { checkBatch, checkTraining, checkWidth } from "../../scoring/algorithm/frame/mod.ts";
import { readParameters } from "../../scoring/algorithm/parameters.ts";
import type { Matrix } from "../../scoring/forest/mod.ts";
import { type Broker, type CustomSource, openBroker } from "./broker.ts";
import { type Description, readDescription, readFace } from "./description.ts";
import { CUSTOM_LIMITS, type CustomLimits } from "./limits.ts";
import { type Message, NO_BODY } from "./message.ts";
import { columnParts, rowScores, scoreAndAlarm } from "./numbers.ts";

/** An algorithm that is not ours, until it is closed. */
export interface CustomAlgorithm {
  readonly algorithm: Algorithm;
  close(): void;
}

/** Of the bytes that hold a custom model's own. */
const VERSION = 1;

/**
 * A custom algorithm under the contract. What it is asked and what it answers is checked here, so that
 * it cannot give what a method of ours would not.
 *
 * @throws {DependencyError} From any call, when it fails, is late or answers what it must not.
 */
export function openCustomAlgorithm(
  source: CustomSource,
  limits: CustomLimits = CUSTOM_LIMITS,
): CustomAlgorithm {
  const broker = openBroker(source, limits);
  try {
    const { head } = broker.ask(requestOf("describe"));
    return { algorithm: algorithmOf(broker, readDescription(head)), close: broker.close };
  } catch (error) {
    broker.close();
    throw error;
  }
}

function algorithmOf(broker: Broker, description: Description): Algorithm {
  const { name, parameters: rules } = description;
  return {
    ...description,
    fit(rows, options) {
      const parameters = readParameters(rules, options.parameters);
      checkTraining(rows);
      const asked = { ...options, parameters } satisfies AlgorithmOptions;
      const answer = broker.ask(rowsRequest("fit", rows, { options: asked }));
      return fittedOf(broker, { description, parameters, answer, columnCount: rows.columnCount });
    },
    restore(bytes) {
      const reader = openBytes(bytes, { algorithm: name, version: VERSION, rules });
      const columnCount = reader.integer("columnCount", 1, 65_535);
      const own = reader.bytes("model");
      reader.end();
      const answer = broker.ask({ ...requestOf("restore"), body: own });
      const { parameters } = reader;
      return fittedOf(broker, { description, parameters, answer, columnCount });
    },
  };
}

interface Learned {
  readonly description: Description;
  readonly parameters: Readonly<Record<string, number>>;
  readonly answer: Message;
  readonly columnCount: number;
}

function fittedOf(broker: Broker, learned: Learned): Fitted {
  const { description, parameters, answer, columnCount } = learned;
  const { model, ...face } = readFace(answer.head, description, columnCount);
  const kind = { input: description.input, scale: face.scale };
  return {
    ...face,
    columnCount,
    open: () => scorerOf(broker, learned, model, kind),
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      if (rows.rowCount === 0) return new Float64Array(0);
      const { body } = broker.ask(rowsRequest("score", rows, { model }));
      return rowScores(body, rows.rowCount, kind);
    },
    serialize() {
      const { body } = broker.ask(requestOf("serialize", { model }));
      const writer = createByteWriter({
        algorithm: description.name,
        version: VERSION,
        parameters,
      });
      writer.integer(columnCount);
      writer.bytes(body);
      return writer.finish();
    },
  };
}

function scorerOf(
  broker: Broker,
  learned: Learned,
  model: number,
  kind: Parameters<typeof rowScores>[2],
): Scorer {
  const { columnCount } = learned;
  const { scorer, can } = broker.ask(requestOf("open", { model })).head as {
    scorer: number;
    can: Readonly<Record<"expected" | "interval" | "fitted", boolean>>;
  };
  const bodyOf = (method: string) => broker.ask(requestOf(method, { scorer })).body;
  let alarm: number | undefined;
  return {
    push(row) {
      checkWidth(row.length, columnCount);
      const { body } = broker.ask({ ...requestOf("push", { scorer }), body: bytesOf(row) });
      const pushed = scoreAndAlarm(body, kind);
      alarm = pushed.alarm;
      return pushed.score;
    },
    get alarm() {
      return alarm;
    },
    explain: () => columnParts(bodyOf("explain"), columnCount, { min: 0 }),
    ...(can.expected && { expected: () => columnParts(bodyOf("expected"), columnCount) }),
    ...(can.interval && {
      interval() {
        const bounds = columnParts(bodyOf("interval"), 2 * columnCount);
        return { low: bounds.slice(0, columnCount), high: bounds.slice(columnCount) };
      },
    }),
    ...(can.fitted && {
      fitted: () =>
        fittedOf(broker, { ...learned, answer: broker.ask(requestOf("fitted", { scorer })) }),
    }),
  };
}

function requestOf(method: string, more: Readonly<Record<string, unknown>> = {}): Message {
  return { head: { method, ...more }, body: NO_BODY };
}

function rowsRequest(
  method: string,
  { data, rowCount, columnCount }: Matrix,
  more: Readonly<Record<string, unknown>>,
): Message {
  return { head: { method, rowCount, columnCount, ...more }, body: bytesOf(data) };
}

function bytesOf(values: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.slice().buffer);
}
