/** What watches a device by default. */
export { deviceWatch } from "./device_watch.ts";
