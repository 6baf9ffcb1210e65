import type { Algorithm } from "../../../scoring/algorithm/algorithm.ts";
import type { Message } from "../message.ts";
import { serveAlgorithm } from "./served_algorithm.ts";

/** Answers for the algorithm that a module exports under this name. */
export function serve({ algorithm }: { readonly algorithm?: Algorithm }): void {
  if (!algorithm) throw new TypeError("it must export an `algorithm`");
  const answer = serveAlgorithm(algorithm);
  const scope = self as unknown as {
    onmessage: (event: MessageEvent<Message>) => void;
    postMessage(message: Message): void;
  };
  scope.onmessage = ({ data }) => scope.postMessage(answer(data));
}
