/** Requests to addresses that were given from outside. */
export { isPublicAddress } from "./address.ts";
export {
  type FetchGuard,
  type GuardedAnswer,
  guardedFetch,
  type GuardedRequest,
  OutgoingError,
  type OutgoingErrorCode,
} from "./guarded_fetch.ts";
