/** Prometheus remote write 1.0 and 2.0, as their specifications say. */
export { readWriteRequest } from "./write_v1.ts";
export { readWriteRequestV2 } from "./write_v2.ts";
