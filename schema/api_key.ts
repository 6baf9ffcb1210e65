import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from "../domain/mod.ts";
import { builder } from "./core/builder.ts";
import { connect, pageArgs, pageCost } from "./core/connection.ts";
import { RoleEnum } from "./core/enums.ts";
import { outcome } from "./core/failure.ts";
import { encodeGlobalId, rowIdOf } from "./core/global_id.ts";

const ApiKeyRef = builder.objectRef<ApiKey>("ApiKey").implement({
  description: "A key of the tenant; what it takes to use it was shown once.",
  fields: (t) => ({
    id: t.id({
      description: "Opaque id.",
      resolve: (key) => encodeGlobalId("ApiKey", key.id),
    }),
    name: t.exposeString("name", { description: "For people; shown as who acknowledged." }),
    role: t.expose("role", { type: RoleEnum, description: "What it may do." }),
    prefix: t.exposeString("prefix", { description: "The part of the key that tells it apart." }),
    createdAt: t.expose("created_at", { type: "DateTime", description: "When it was made." }),
    revokedAt: t.expose("revoked_at", {
      type: "DateTime",
      nullable: true,
      description: "Since when it is of no use.",
    }),
  }),
});

/** A key with its secret, which nothing can give again. */
const CreatedApiKeyRef = builder
  .objectRef<{ key: ApiKey; secret: string }>("CreatedApiKey").implement({
    description: "A key that was just made.",
    fields: (t) => ({
      key: t.expose("key", { type: ApiKeyRef, description: "The key." }),
      secret: t.exposeString("secret", { description: "What to present; shown only here." }),
    }),
  });

const ApiKeyConnection = builder.connectionObject({
  type: ApiKeyRef,
  name: "ApiKeyConnection",
  description: "API keys, newest first.",
});

builder.queryField("apiKeys", (t) =>
  t.field({
    type: ApiKeyConnection,
    description: "API keys of the tenant, the revoked ones too.",
    authScopes: { admin: true },
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, page, ctx) =>
      connect(ctx, page, {
        name: "apiKeys",
        read: (range) => listApiKeys(ctx.tenant, range),
        keysetOf: (key) => [key.created_at, key.id],
      }),
  }));

const CreateApiKeyInput = builder.inputType("CreateApiKeyInput", {
  description: "A new API key.",
  fields: (t) => ({
    name: t.string({ required: true, description: "For people." }),
    role: t.field({ type: RoleEnum, required: true, description: "What it may do." }),
  }),
});

const RevokeApiKeyInput = builder.inputType("RevokeApiKeyInput", {
  description: "A key to revoke.",
  fields: (t) => ({ id: t.id({ required: true, description: "Id of the ApiKey." }) }),
});

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreatedApiKeyRef,
    description: "Makes an API key.",
    authScopes: { admin: true },
    errors: outcome("apiKey"),
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: "The key." }) },
    resolve: (_root, { input }, ctx) =>
      ctx.commit(async () => {
        const { subject, secret, write } = await createApiKey(ctx.tenant, input, ctx);
        return { subject: { key: subject, secret }, write };
      }),
  }),
  revokeApiKey: t.field({
    type: ApiKeyRef,
    description: "Makes a key useless at once; its open streams end within seconds.",
    authScopes: { admin: true },
    errors: outcome("apiKey"),
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, ctx) => {
      const id = rowIdOf("ApiKey", input.id, "id");
      return ctx.commit(() => revokeApiKey(ctx.tenant, id, ctx));
    },
  }),
}));
