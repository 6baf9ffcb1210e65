import type { Intake, IntakeResult, SampleBatch } from "../intake/mod.ts";
import { Problem, type Refusal } from "../wire/mod.ts";
import { SAMPLES_PER_REQUEST_MAX } from "../wire/limits.ts";
import { COMMIT_SPAN_MS_MAX, DEAD_LETTER_BODY_MAX, MESSAGE_BYTES_MAX } from "./limits.ts";
import { type MessageReading, readMessage } from "./read_message.ts";
import type { SourceDeadLetter, SourceMessage } from "./source.ts";

/** What became of messages: each of their samples is counted once. */
export interface TakenMessages {
  readonly accepted: number;
  /** Of the accepted ones: stored, but not judged. */
  readonly late: number;
  readonly duplicates: number;
  readonly skipped: number;
  /** What is wrong with messages or parts of them, in their order. */
  readonly dead: readonly SourceDeadLetter[];
}

/**
 * Reads messages and gives their points to an intake, in as few commits as its limits allow. Resolves
 * once all that is accepted is durable; what cannot be read costs its neighbours nothing.
 * @throws As `Intake.take` does; the same messages may be given again.
 */
export async function takeMessages(
  intake: Intake,
  messages: readonly SourceMessage[],
  reading: MessageReading,
): Promise<TakenMessages> {
  const dead: SourceDeadLetter[] = [];
  const parts: Part[] = [];
  for (const message of messages) {
    const batch = await intake.openBatch();
    const fault = faultOf(message, batch, reading);
    if (fault === undefined) parts.push({ message, batch });
    else dead.push(letter(message, fault));
  }
  const counts = { accepted: 0, late: 0, duplicates: 0, skipped: 0 };
  for (const commit of commitsOf(parts)) {
    const result = await takeParts(intake, commit);
    counts.accepted += result.accepted;
    counts.late += result.late;
    counts.duplicates += result.duplicates;
    for (const count of result.skipped.values()) counts.skipped += count;
    for (const refusal of result.refused) dead.push(letter(commit[refusal.index].message, refusal));
  }
  return { ...counts, dead };
}

/** A message that could be read. */
interface Part {
  readonly message: SourceMessage;
  readonly batch: SampleBatch;
}

type Fault = Pick<SourceDeadLetter, "code" | "field" | "message">;

/** Why a message cannot be read as a whole. */
function faultOf(
  message: SourceMessage,
  batch: SampleBatch,
  reading: MessageReading,
): Fault | undefined {
  if (message.fault !== undefined) return { ...message.fault, field: "" };
  if (message.body.length > MESSAGE_BYTES_MAX) {
    const why = `Cannot take a message of more than ${MESSAGE_BYTES_MAX} bytes`;
    return { code: "MESSAGE_TOO_LONG", field: "", message: why };
  }
  try {
    readMessage(message, batch, reading);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, field: error.details.field ?? "", message: error.message };
  }
}

/** Neighbours that fit into one commit. */
function* commitsOf(parts: readonly Part[]): Generator<readonly Part[]> {
  let commit: Part[] = [];
  let [samples, oldest, newest] = [0, Infinity, -Infinity];
  for (const part of parts) {
    const { size, points } = part.batch;
    const [from, until] = spanOf(points);
    const span = Math.max(newest, until) - Math.min(oldest, from);
    if (samples + size > SAMPLES_PER_REQUEST_MAX || span > COMMIT_SPAN_MS_MAX) {
      if (commit.length > 0) yield commit;
      commit = [];
      [samples, oldest, newest] = [0, Infinity, -Infinity];
    }
    commit.push(part);
    samples += size;
    oldest = Math.min(oldest, from);
    newest = Math.max(newest, until);
  }
  if (commit.length > 0) yield commit;
}

function spanOf(points: SampleBatch["points"]): [from: number, until: number] {
  let [from, until] = [Infinity, -Infinity];
  for (const { at } of points) {
    from = Math.min(from, at);
    until = Math.max(until, at);
  }
  return [from, until];
}

async function takeParts(intake: Intake, parts: readonly Part[]): Promise<IntakeResult> {
  const batch = await intake.openBatch();
  parts.forEach((part, position) => batch.append(part.batch, position));
  return await intake.take(batch);
}

function letter({ topic, id, body }: SourceMessage, fault: Fault | Refusal): SourceDeadLetter {
  const { code, field, message } = fault;
  return { topic, messageId: id, code, field, message, body: beginningOf(body) };
}

/** No character takes more than four bytes. */
function beginningOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, DEAD_LETTER_BODY_MAX * 4));
  return text.slice(0, DEAD_LETTER_BODY_MAX).toWellFormed();
}
