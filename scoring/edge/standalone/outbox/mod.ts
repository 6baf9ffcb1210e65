export { addCount, type EdgeCounts, readCounts } from "./counters.ts";
export { type DeadLetter, listDeadLetters } from "./dead_letters.ts";
export { Outbox } from "./outbox.ts";
