import { listProblems } from "../wire/mod.ts";

type Json = Readonly<Record<string, unknown>>;

/** Any operation with a key. */
export const KEYED: readonly number[] = [401, 429];

/** One that reads a body. */
export const WITH_BODY: readonly number[] = [...KEYED, 413, 415];

/** One for senders alone that reads a body. */
export const OF_SENDERS: readonly number[] = [...WITH_BODY, 403];

/** Statuses that operations name; the others are told by their default. */
const NAMED: readonly number[] = [...OF_SENDERS, 404, 422];

const PROBLEM_CONTENT = {
  "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
};

/** Answers by which operations refuse: one for each status that they name, and one for the others. */
export function problemResponses(): Json {
  const named = NAMED.map((status) => [
    `Problem${status}`,
    { description: codesOf((each) => each === status), content: PROBLEM_CONTENT },
  ]);
  const others = codesOf((status) => !NAMED.includes(status));
  return {
    Problem: { description: others, content: PROBLEM_CONTENT },
    ...Object.fromEntries(named),
  };
}

function codesOf(isTold: (status: number) => boolean): string {
  return listProblems().filter(({ status }) => isTold(status))
    .map(({ code, status, title }) => `${code} (${status}): ${title}`).join("; ");
}

/** Refusals as problems, by these statuses and by default. */
export function problems(statuses: readonly number[] = []): Json {
  const named = statuses.map((status) => [status, shared(`Problem${status}`)]);
  return { ...Object.fromEntries(named), default: shared("Problem") };
}

/** Refusals in a sender's own words, which are the same for each status. */
export function ownWords(response: string, statuses: readonly number[]): Json {
  const named = statuses.map((status) => [status, shared(response)]);
  return { ...Object.fromEntries(named), default: shared(response) };
}

/** An answer that is either what the operation gives or a problem. */
export function orProblem(answer: { readonly content: Json }): Json {
  return { ...answer, content: { ...answer.content, ...PROBLEM_CONTENT } };
}

function shared(response: string): Json {
  return { $ref: `#/components/responses/${response}` };
}
