import { findTenant, type Tenant } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";

export const TenantRef = builder.objectRef<Tenant>("Tenant").implement({
  description: "The customer that the API key belongs to; nothing of others is reachable.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Unique in the installation." }),
    tier: t.exposeString("tier", { description: "Which limits apply." }),
    timeZone: t.exposeString("time_zone", {
      description: "IANA zone in which periods are told, unless a device has its own.",
    }),
    lateness: t.expose("lateness_ms", {
      type: "Duration",
      description: "Points that are behind their device's newest by more are late and not judged.",
    }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was made." }),
  }),
});

builder.queryField("tenant", (t) =>
  t.field({
    type: TenantRef,
    nullable: true,
    description: "The tenant of the API key.",
    resolve: (_root, _args, { tenant }) => findTenant({ reader: tenant.db }, tenant.tenantId),
  }));
