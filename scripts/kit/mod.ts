export * from "./csv.ts";
export * from "./exit.ts";
export * from "./flags.ts";
export * from "./output.ts";
export * from "./progress.ts";
export * from "./task.ts";
