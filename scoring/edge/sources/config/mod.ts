/** Sources as an operator describes them. */
export type * from "./config.ts";
export { parseSources } from "./parse_config.ts";
