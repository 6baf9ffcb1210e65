export * from "./graphql.ts";
