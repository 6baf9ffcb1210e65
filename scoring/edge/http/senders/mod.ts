/** Routes of senders that bring their own names and their own formats. */
export { senderPaths, senderResponses } from "./openapi.ts";
export { addSenderRoutes } from "./routes.ts";
