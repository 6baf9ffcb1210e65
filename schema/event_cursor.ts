import { builder } from "./core/builder.ts";

builder.queryField("eventCursor", (t) =>
  t.field({
    type: "Cursor",
    description:
      "Where the event log stood before this query read anything: a subscription after it has all " +
      "that the query may not have seen.",
    resolve: async (_root, _args, ctx) => ctx.cursors.sealSeq(await ctx.headBefore()),
  }));
