import type { Algorithm, Fitted, Scorer } from "../../../scoring/algorithm/algorithm.ts";
import type { Matrix } from "../../../scoring/forest/mod.ts";
import { type Message, NO_BODY } from "../message.ts";

/** Answers what `customAlgorithm` asks. It runs beside the module, so nothing of it is trusted. */
export function serveAlgorithm(algorithm: Algorithm): (request: Message) => Message {
  const models = createShelf<Fitted>("model");
  const scorers = createShelf<Scorer>("scorer");

  function faceOf(fitted: Fitted): Message {
    const { columnCount, lookbackRows, scale, alerts } = fitted;
    // JSON has no ∞.
    const lookback = Number.isFinite(lookbackRows) ? lookbackRows : null;
    const head = { model: models.add(fitted), columnCount, lookback, scale, alerts };
    return { head, body: NO_BODY };
  }

  const answers: Readonly<Record<string, (request: Message) => Message>> = {
    describe: () => ({ head: { algorithm: describe(algorithm) }, body: NO_BODY }),
    fit: ({ head, body }) =>
      faceOf(algorithm.fit(matrixOf(head, body), head.options as Parameters<Algorithm["fit"]>[1])),
    restore: ({ body }) => faceOf(algorithm.restore(body)),
    serialize: ({ head }) => ({ head: {}, body: models.get(head.model).serialize() }),
    score: ({ head, body }) => numbers(models.get(head.model).scoreBatch(matrixOf(head, body))),
    open({ head }) {
      const scorer = models.get(head.model).open();
      const can = {
        expected: scorer.expected !== undefined,
        interval: scorer.interval !== undefined,
        fitted: scorer.fitted !== undefined,
      };
      return { head: { scorer: scorers.add(scorer), can }, body: NO_BODY };
    },
    close({ head }) {
      scorers.remove(head.scorer);
      return { head: {}, body: NO_BODY };
    },
    push({ head, body }) {
      const scorer = scorers.get(head.scorer);
      const score = scorer.push(floatsOf(body));
      const { alarm } = scorer;
      return numbers(Float64Array.from(alarm === undefined ? [score] : [score, alarm]));
    },
    explain: ({ head }) => numbers(scorers.get(head.scorer).explain()),
    expected: ({ head }) => numbers(scorers.get(head.scorer).expected!()),
    interval({ head }) {
      const { low, high } = scorers.get(head.scorer).interval!();
      return numbers(Float64Array.from([...low, ...high]));
    },
    fitted: ({ head }) => faceOf(scorers.get(head.scorer).fitted!()),
  };

  return (request) => {
    try {
      return answers[String(request.head.method)](request);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return { head: { error: { name, message } }, body: NO_BODY };
    }
  };
}

function describe({ name, input, isLearner, source, parameters }: Algorithm) {
  return { name, input, isLearner, source, parameters };
}

function matrixOf({ rowCount, columnCount }: Message["head"], body: Message["body"]): Matrix {
  const data = floatsOf(body);
  return { data, rowCount: Number(rowCount), columnCount: Number(columnCount) };
}

function floatsOf(body: Message["body"]): Float32Array {
  return new Float32Array(body.slice().buffer);
}

function numbers(values: Float64Array): Message {
  return { head: {}, body: new Uint8Array(values.slice().buffer) };
}

/** Keeps things under numbers, which pass between threads where they cannot. */
function createShelf<T>(noun: string) {
  const kept = new Map<number, T>();
  let last = 0;
  return {
    add(thing: T): number {
      kept.set(++last, thing);
      return last;
    },
    get(number: unknown): T {
      const thing = kept.get(Number(number));
      if (thing === undefined) throw new Error(`Cannot find ${noun} ${number}`);
      return thing;
    },
    remove(number: unknown): void {
      kept.delete(Number(number));
    },
  };
}
