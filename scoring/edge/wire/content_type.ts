import { Problem, quoted } from "./problem.ts";

/**
 * Media type of a request, lower case, without parameters.
 * @throws {Problem} `TYPE_UNSUPPORTED` when it is none of `accepted`, or its charset is not UTF-8.
 */
export function contentTypeOf<T extends string>(request: Request, accepted: readonly T[]): T {
  const header = request.headers.get("content-type") ?? "";
  // As nearly all senders write it.
  if (accepted.includes(header as T)) return header as T;
  const [type, ...parameters] = header.toLowerCase().split(";").map((part) => part.trim());
  const isAccepted = accepted.some((candidate) => candidate === type);
  if (isAccepted && parameters.every(isUtf8)) return type as T;
  throw new Problem(
    "TYPE_UNSUPPORTED",
    `Cannot take content type ${quoted(header)}: wanted ${accepted.join(" or ")} in UTF-8`,
    { headers: { "accept": accepted.join(", ") } },
  );
}

/** Parameters other than the charset do not change how a body is read. */
function isUtf8(parameter: string): boolean {
  if (!parameter.startsWith("charset=")) return true;
  return /^charset="?utf-?8"?$/.test(parameter);
}
