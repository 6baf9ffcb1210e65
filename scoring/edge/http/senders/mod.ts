/** Routes of senders that bring their own names and their own formats. */
export { senderPaths } from "./openapi.ts";
export { addSenderRoutes } from "./routes.ts";
