export * from "./severity.ts";
export * from "./verdict.ts";
export * from "./setting.ts";
export * from "./model.ts";
