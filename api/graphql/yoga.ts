import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { createYoga, type Plugin, type YogaServerInstance } from "graphql-yoga";
import type { Principal } from "../../domain/mod.ts";
import { type Context, schema } from "../../schema/mod.ts";
import { type ContextDeps, createContext } from "./context.ts";
import { toGraphQLError } from "./errors.ts";
import { graphiqlOptions, graphiqlPage } from "./graphiql.ts";
import { checkCost, useGuards } from "./guards.ts";
import { UNSENT_EVENTS_MAX } from "./limits.ts";
import { publicResult, StreamResults } from "./results.ts";
import { sseResponse } from "./sse.ts";
import type { StreamRegistry, StreamSlot } from "./streams.ts";

/** What a request carries to its resolvers and its answer. */
export interface ServerContext {
  readonly principal: Principal;
  readonly stream: StreamSlot;
}

export type Yoga = YogaServerInstance<ServerContext, Context>;

export interface YogaOptions extends ContextDeps {
  readonly registry: StreamRegistry;
  /** Shows GraphiQL and lets the schema be asked for; these headers are filled in for GraphiQL. */
  readonly development?: { readonly graphiqlHeaders?: Readonly<Record<string, string>> };
  /** Gets what callers are not told: bugs and outages. */
  readonly report: (error: unknown) => void;
}

/** The GraphQL server itself, for requests that were let in. */
export function createYogaServer(options: YogaOptions): Yoga {
  const { development, report } = options;
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ principal, stream, params }) =>
      createContext(options, { principal, stream, query: params?.query }),
    cors: false,
    multipart: false,
    landingPage: false,
    logging: false,
    graphiql: development ? graphiqlOptions(development.graphiqlHeaders) : false,
    renderGraphiQL: graphiqlPage,
    maskedErrors: { maskError: (error) => toGraphQLError(error, report) },
    plugins: [
      useGuards({ introspection: development !== undefined, report }),
      useStreams(options),
    ],
  });
}

/** Counts, watches and ends streams, and sends those over HTTP as server-sent events. */
function useStreams({ registry, report }: YogaOptions): Plugin<Context, ServerContext> {
  const toError = (error: unknown) => toGraphQLError(error, report);
  return {
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn(async (args) => {
        try {
          return await openResults(args, subscribeFn, registry, toError);
        } catch (error) {
          return { errors: [toError(error)] };
        }
      });
    },
    onResultProcess({ request, result, setResultProcessor, serverContext }) {
      if (!isIterable(result) || !acceptsEvents(request.headers)) return;
      setResultProcessor(() =>
        sseResponse(result, {
          signal: serverContext.stream.signal,
          stringify: (part) => JSON.stringify(publicResult(part)),
        }), "text/event-stream");
    },
  };
}

/** Subscribes within the limits; the results give back what they hold when they end. */
async function openResults(
  args: ExecutionArgs,
  subscribe: (args: ExecutionArgs) => unknown,
  registry: StreamRegistry,
  toError: (error: unknown) => GraphQLError,
): Promise<unknown> {
  checkCost(args);
  const { principal, events, cursors, tenant, stream } = args.contextValue as
    & Context
    & ServerContext;
  const forget = registry.openStream(principal, stream.controller);
  const release = () => {
    forget();
    stream.controller.abort();
  };
  const isFarBehind = async () => {
    if (stream.cursor === undefined) return false;
    const after = cursors.openSeq(stream.cursor);
    const limit = UNSENT_EVENTS_MAX + 1;
    return (await events.read(tenant.tenantId, { after, limit })).length === limit;
  };
  try {
    const results = await subscribe(args);
    if (isIterable(results)) {
      const close = (reason: Error) => stream.controller.abort(reason);
      return new StreamResults(results, { close, toError, release, isFarBehind, position: stream });
    }
    release();
    return results;
  } catch (error) {
    release();
    throw error;
  }
}

function acceptsEvents(headers: Headers): boolean {
  return /text\/event-stream|text\/\*|\*\/\*/.test(headers.get("accept") ?? "*/*");
}

function isIterable(value: unknown): value is AsyncIterable<ExecutionResult> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
