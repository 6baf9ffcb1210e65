export * from "./action.ts";
export * from "./identity.ts";
export * from "./incident.ts";
export * from "./machine.ts";
export * from "./pattern.ts";
