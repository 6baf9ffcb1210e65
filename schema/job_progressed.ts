import type { Job } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { JobRef } from "./job.ts";
import { optionalRowId } from "./core/global_id.ts";
import { delivered, type Delivery, openStream } from "./core/stream.ts";

const JobDelivery = builder.objectRef<Delivery<Job>>("JobProgressed").implement({
  description: "A change of a job, or a heartbeat.",
  fields: (t) => ({
    cursor: t.expose("cursor", { type: "Cursor", description: "To go on behind this." }),
    at: t.expose("at", { type: "DateTime", description: "When it was recorded." }),
    node: t.expose("node", {
      type: JobRef,
      nullable: true,
      description: "The job as it was then; null in a heartbeat, that only moves the cursor on.",
    }),
  }),
});

builder.subscriptionField("jobProgressed", (t) =>
  t.field({
    type: JobDelivery,
    description: "How jobs get on, from their beginning to their end.",
    args: {
      after: t.arg({ type: "Cursor", description: "Where to go on; from now on if not given." }),
      jobId: t.arg.id({ description: "Only this Job." }),
    },
    subscribe: (_root, { after, jobId }, ctx) => {
      const id = optionalRowId("Job", jobId, "jobId");
      return openStream(ctx, {
        after,
        types: ["job.changed"],
        select: ({ subjectId, payload }) =>
          id === undefined || id === subjectId ? payload as Job : undefined,
      });
    },
    resolve: delivered<Job>,
  }));
