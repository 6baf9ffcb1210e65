import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import DataloaderPlugin from "@pothos/plugin-dataloader";
import ErrorsPlugin from "@pothos/plugin-errors";
import RelayPlugin from "@pothos/plugin-relay";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import { ForbiddenError } from "../../domain/mod.ts";
import type { Context } from "./context.ts";
import { decodeGlobalId, encodeGlobalId } from "./global_id.ts";
import { LimitError, NODES_MAX } from "./limits.ts";
import { scopesOf } from "./scopes.ts";

/** Types of the schema as the resolvers see them. */
export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: ReturnType<typeof scopesOf>;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Milliseconds since the epoch inside, RFC 3339 outside. */
    DateTime: { Input: number; Output: number };
    /** Milliseconds inside, ISO 8601 outside. */
    Duration: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
    Cursor: { Input: string; Output: string };
  };
}

/** The one builder. Types are in the files beside this one; `mod.ts` imports them all. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // Errors come first: what scope-auth refuses becomes the `Forbidden` member of a mutation's union.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, DataloaderPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  // The server refuses by cost before it runs anything, subscriptions too.
  complexity: { disabled: true, defaultListMultiplier: 5 },
  errors: {
    defaultTypes: [],
    defaultResultOptions: { name: ({ fieldName }) => `${pascal(fieldName)}Success` },
    defaultUnionOptions: { name: ({ fieldName }) => `${pascal(fieldName)}Result` },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ principal }) => scopesOf(principal.role),
    unauthorizedError: (_parent, { principal }, info) =>
      new ForbiddenError(
        `Cannot use "${info.fieldName}" with a key of the role "${principal.role}"`,
      ),
  },
  relay: {
    idFieldOptions: { description: "Opaque id, unique over all types." },
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: (id) => decodeGlobalId(id),
    nodeTypeOptions: { description: "Anything that has an id." },
    nodeFieldOptions: { nullable: false, description: "The item." },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      // The connection itself counts its items.
      complexity: { field: 0, multiplier: 1 },
      description: "The items of this page, each with its cursor.",
    },
    defaultEdgeTypeOptions: { description: "An item of a page." },
    cursorFieldOptions: { description: "For `after`, to go on behind this item." },
    pageInfoFieldOptions: { description: "Where this page stands in the list." },
    pageInfoTypeOptions: { description: "Where a page stands in its list." },
    hasNextPageFieldOptions: { description: "Whether more items follow." },
    hasPreviousPageFieldOptions: { description: "Whether the page was asked for with `after`." },
    startCursorFieldOptions: { description: "Cursor of the first item." },
    endCursorFieldOptions: { description: "Cursor of the last item: the next `after`." },
    nodeQueryOptions: {
      description: "Anything of this tenant by its id.",
      args: { id: { description: "Id of anything." } },
    },
    nodesQueryOptions: {
      args: { ids: { description: "Ids of anything." } },
      description: `Several things of this tenant by their ids, at most ${NODES_MAX}.`,
      complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
      resolve: (_root, { ids }, _ctx, _info, resolveNodes) => {
        if (ids.length > NODES_MAX) {
          throw new LimitError(
            "NODES_MAX",
            NODES_MAX,
            `Cannot load nodes as ids must have at most ${NODES_MAX} items: it has ${ids.length}`,
          );
        }
        return resolveNodes(ids);
      },
    },
  },
});

builder.queryType({
  description: "What a viewer of the tenant may read.",
  authScopes: { viewer: true },
});
builder.mutationType({ description: "Changes; each answers with a union of its outcomes." });
builder.subscriptionType({
  description: "The tenant's event log as it grows, without a gap.",
  authScopes: { viewer: true },
});

function pascal(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
