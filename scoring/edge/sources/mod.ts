/** Long-running sources: messages of brokers and files on their way into an edge. */
export * from "./config/mod.ts";
export { SourceConfigError } from "./config_error.ts";
export * from "./limits.ts";
export { entryBody } from "./entry_body.ts";
export { MessageBuffer } from "./message_buffer.ts";
export type { MessageReading } from "./read_message.ts";
export {
  RunningSource,
  type SourceOptions,
  type SourceState,
  type SourceStatus,
} from "./running_source.ts";
export * from "./source.ts";
export { Sources } from "./sources.ts";
export * from "./tail/mod.ts";
export { filterOf, type TopicTemplate, type Wildcards } from "./topic_template.ts";
