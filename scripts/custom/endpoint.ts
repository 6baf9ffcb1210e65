import { guardedFetch } from "../../api/outgoing/mod.ts";
import { finite } from "../../scoring/algorithm/frame/mod.ts";
import { type CustomLimits, deadlineMs } from "./limits.ts";
import { type Message, NO_BODY } from "./message.ts";
import type { Answerer } from "./answerer.ts";

/** How an endpoint may be asked. */
export interface EndpointGuard {
  readonly isPrivateAllowed: boolean;
  readonly limits: CustomLimits;
}

/** What an endpoint was fitted to: its own value, and what the contract asks besides. */
interface EndpointModel {
  readonly columnCount: unknown;
  readonly scale: unknown;
  readonly alerts: unknown;
  readonly own: unknown;
}

/** A missing value is null, as JSON has no NaN; an infinite one is the greatest there is. */
type JsonRow = readonly (number | null)[];

type Post = (method: string, fields?: object) => Promise<Record<string, unknown>>;

/**
 * An algorithm for rows behind a URL, which keeps nothing: each request is a POST of JSON and holds
 * all that is needed. docs/custom_algorithm.md tells what is sent and answered.
 */
export function openEndpoint(url: string, guard: EndpointGuard): Answerer {
  const answers = answersBy((method, fields) => post(url, guard, { method, ...fields }));
  return {
    ask: async (request) => await answers[String(request.head.method)](request),
    stop: () => {},
  };
}

function answersBy(
  post: Post,
): Readonly<Record<string, (request: Message) => Message | Promise<Message>>> {
  const models: EndpointModel[] = [];
  const scorers: { readonly model: unknown; row: JsonRow }[] = [];
  const faceOf = (model: EndpointModel) => {
    const { columnCount, scale, alerts } = model;
    return told({ model: models.push(model) - 1, columnCount, lookback: 0, scale, alerts });
  };
  const scores = async (model: unknown, rows: readonly JsonRow[]) =>
    numbers((await post("score", { model, rows })).scores);
  return {
    async describe() {
      const { name, source, parameters } = await post("describe");
      return told({ algorithm: { name, source, parameters, input: "rows" } });
    },
    async fit({ head: { options, columnCount }, body }) {
      const { seed, parameters } = options as Record<string, unknown>;
      const rows = rowsOf(body, Number(columnCount));
      const { model, scale, alerts } = await post("fit", { rows, seed, parameters });
      return faceOf({ columnCount, scale, alerts, own: model });
    },
    restore: ({ body }) => faceOf(objectOf(body) as unknown as EndpointModel),
    serialize({ head }) {
      const text = JSON.stringify(models[Number(head.model)]);
      return { head: {}, body: new TextEncoder().encode(text) };
    },
    score: ({ head, body }) =>
      scores(models[Number(head.model)].own, rowsOf(body, Number(head.columnCount))),
    open: ({ head }) => {
      const model = models[Number(head.model)].own;
      return told({ scorer: scorers.push({ model, row: [] }) - 1, can: {} });
    },
    push({ head, body }) {
      const scorer = scorers[Number(head.scorer)];
      [scorer.row] = rowsOf(body, body.length / Float32Array.BYTES_PER_ELEMENT);
      return scores(scorer.model, [scorer.row]);
    },
    explain: async ({ head }) =>
      numbers((await post("explain", scorers[Number(head.scorer)])).parts),
  };
}

async function post(
  url: string,
  { isPrivateAllowed, limits }: EndpointGuard,
  fields: { readonly method: string },
): Promise<Record<string, unknown>> {
  const { status, body } = await guardedFetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: new TextEncoder().encode(JSON.stringify(fields)),
  }, {
    deadlineMs: deadlineMs(fields.method, limits),
    bytesMax: limits.answerBytes,
    isPrivateAllowed,
  });
  if (status !== 200) throw new Error(`it answered with the status ${status} instead of 200`);
  return objectOf(body);
}

function told(head: Message["head"]): Message {
  return { head, body: NO_BODY };
}

function numbers(values: unknown): Message {
  const sound = Array.isArray(values) && values.every((value) => typeof value === "number");
  if (!sound) throw new Error("it did not answer with a list of numbers");
  return { head: {}, body: new Uint8Array(Float64Array.from(values).buffer) };
}

function rowsOf(body: Uint8Array<ArrayBuffer>, columnCount: number): JsonRow[] {
  const values = Array.from(
    new Float32Array(body.slice().buffer),
    (value) => Number.isNaN(value) ? null : finite(value),
  );
  return Array.from(
    { length: values.length / columnCount },
    (_, row) => values.slice(row * columnCount, (row + 1) * columnCount),
  );
}

function objectOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error("it did not answer with a JSON object");
}
