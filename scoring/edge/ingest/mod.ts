export { featureBudget } from "./feature_budget.ts";
export {
  createIngest,
  type Ingest,
  type IngestOptions,
  type IngestResult,
  NotRecordedError,
} from "./ingest.ts";
export { QueueFullError } from "./keyed_queue.ts";
export { LruMap } from "./lru_map.ts";
export { createModelCache } from "./model_cache.ts";
export { differs, tooFarAhead } from "./refusal_messages.ts";
