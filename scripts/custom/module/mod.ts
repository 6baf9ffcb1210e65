/** A custom module in a process of its own, without rights. */
export { startModule } from "./module_process.ts";
