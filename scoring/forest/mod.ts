export * from "./forest.ts";
