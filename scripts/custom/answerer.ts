import type { Message } from "./message.ts";

/** What carries questions to a custom algorithm, one after the other. */
export interface Answerer {
  ask(request: Message): Promise<Message>;
  /** Ends it, whatever it does. */
  stop(): void;
}
