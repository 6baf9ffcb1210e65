import { type ExecutionArgs, getOperationAST, type GraphQLError } from "graphql";
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  handleProtocols,
  makeServer,
  type SubscribePayload,
} from "graphql-ws";
import type { Principal } from "../../domain/mod.ts";
import { LimitError, type StreamClosedCode, StreamClosedError } from "../../schema/mod.ts";
import { bearerKey, presentedKey, type VerifyKey } from "../auth.ts";
import { toGraphQLError } from "./errors.ts";
import {
  BODY_BYTES_MAX,
  check,
  checkJsonDepth,
  SOCKET_MESSAGES_PER_SECOND_MAX,
  STREAMS_PER_SOCKET_MAX,
} from "./limits.ts";
import type { RequestRates } from "./request_rate.ts";
import { publicErrors, publicResult } from "./results.ts";
import { type StreamRegistry, streamSlot } from "./streams.ts";
import type { Yoga } from "./yoga.ts";

/** Bytes that may wait in a socket before the stream that fills it pauses. */
const SOCKET_BYTES_WAITING_MAX = 256 * 1_024;

/** How often a paused stream looks whether its socket has room again. */
const DRAIN_POLL_MS = 20;

/** A peer that is silent for so long, pings included, is gone. */
const IDLE_TIMEOUT_S = 30;

const CLOSE_CODES: Record<StreamClosedCode, number> = {
  UNAUTHENTICATED: CloseCode.Forbidden,
  READER_TOO_SLOW: 4408,
  // "Service restart" of RFC 6455's registry: clients come back.
  GOING_DOWN: 1012,
};
const TOO_MANY_REQUESTS = 4429;
const MESSAGE_TOO_BIG = 1009;
const UNSUPPORTED_DATA = 1003;

export interface SocketOptions {
  readonly yoga: Yoga;
  readonly registry: StreamRegistry;
  readonly rates: RequestRates;
  readonly verify: VerifyKey;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

/** What a socket knows of itself. */
interface SocketState {
  /** Stands for the upgraded request, of which nothing can be read any more. */
  readonly request: Request;
  /** Key in the headers of the upgrade. */
  readonly headerKey: string | undefined;
  readonly socket: WebSocket;
  /** Ends the socket for the reason that it is aborted with. */
  readonly controller: AbortController;
  principal?: Principal;
  release?: () => void;
}

/** Makes the handler that upgrades requests to graphql-transport-ws. */
export function createSocketHandler(options: SocketOptions) {
  const server = createProtocol(options);
  return (request: Request): Response => {
    const offered = request.headers.get("sec-websocket-protocol") ?? "";
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response(null, { status: 426, headers: { upgrade: "websocket" } });
    }
    const isSpoken = handleProtocols(offered) !== false;
    const headerKey = presentedKey(request.headers);
    const { socket, response } = Deno.upgradeWebSocket(request, {
      protocol: isSpoken ? GRAPHQL_TRANSPORT_WS_PROTOCOL : undefined,
      idleTimeout: IDLE_TIMEOUT_S,
    });
    const state = {
      request: new Request(request.url),
      headerKey,
      socket,
      controller: new AbortController(),
    };
    serve(server, state, { isSpoken, now: options.now });
    return response;
  };
}

type Protocol = ReturnType<typeof createProtocol>;

function serve(
  server: Protocol,
  state: SocketState,
  { isSpoken, now }: { readonly isSpoken: boolean; readonly now: () => number },
): void {
  const { socket, controller } = state;
  let closed: ((code: number, reason: string) => Promise<void>) | undefined;
  controller.signal.addEventListener("abort", () => {
    const { reason } = controller.signal;
    if (!(reason instanceof StreamClosedError)) return;
    close(socket, CLOSE_CODES[reason.code], reason.code);
    // A peer that reads nothing never takes the closing frame either: let go of it here.
    closed?.(CLOSE_CODES[reason.code], reason.code);
  });
  socket.addEventListener("open", () => {
    closed = server.opened({
      protocol: isSpoken ? GRAPHQL_TRANSPORT_WS_PROTOCOL : "",
      send: (message) => send(state, message),
      close: (code, reason) => close(socket, code ?? 1000, reason ?? ""),
      onMessage: (take) => listen(state, now, take),
    }, state);
  });
  socket.addEventListener("close", ({ code, reason }) => {
    state.release?.();
    controller.abort();
    closed?.(code, reason);
  });
  socket.addEventListener("error", () => close(socket, CloseCode.InternalServerError, ""));
}

/** Hands the messages over, as long as they are few, text and of modest size. */
function listen(
  { socket }: SocketState,
  now: () => number,
  take: (message: string) => Promise<void>,
): void {
  let count = 0;
  let second = 0;
  socket.addEventListener("message", async ({ data }) => {
    const present = Math.floor(now() / 1_000);
    count = present === second ? count + 1 : 1;
    second = present;
    if (count > SOCKET_MESSAGES_PER_SECOND_MAX) {
      return close(socket, TOO_MANY_REQUESTS, "SOCKET_MESSAGES_PER_SECOND_MAX");
    }
    if (typeof data !== "string") return close(socket, UNSUPPORTED_DATA, "Text is expected");
    if (data.length > BODY_BYTES_MAX) return close(socket, MESSAGE_TOO_BIG, "BODY_BYTES_MAX");
    try {
      checkJsonDepth(data);
      await take(data);
    } catch (error) {
      const isBad = error instanceof LimitError;
      close(socket, isBad ? CloseCode.BadRequest : CloseCode.InternalServerError, "");
    }
  });
}

/** Sends, and resolves once there is room for more: a stream reads on only then. */
async function send({ socket, controller }: SocketState, message: string): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(message);
  while (socket.bufferedAmount > SOCKET_BYTES_WAITING_MAX && !controller.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  }
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
}

function createProtocol(options: SocketOptions) {
  const { yoga, registry, rates, report } = options;
  return makeServer<{ authorization?: unknown }, SocketState>({
    onConnect: async ({ connectionParams, extra: state }) => {
      const principal = await principalOf(options.verify, state, connectionParams);
      if (principal === undefined) return false;
      state.principal = principal;
      state.release = registry.watch(principal, state.controller);
      return true;
    },
    onSubscribe: async ({ extra: state, subscriptions }, _id, payload) => {
      try {
        const streams = Object.keys(subscriptions).length;
        check("STREAMS_PER_SOCKET_MAX", STREAMS_PER_SOCKET_MAX, streams);
        if (state.principal) rates.take(state.principal);
        return await executionArgs(yoga, state, payload);
      } catch (error) {
        return [toGraphQLError(error, report)];
      }
    },
    execute: (args) => (args as Executable).rootValue.execute(args),
    subscribe: (args) => (args as Executable).rootValue.subscribe(args),
    onNext: (_ctx, _id, _payload, _args, result) => publicResult(result),
    onError: (_ctx, _id, _payload, errors) => publicErrors(errors as GraphQLError[]),
  });
}

type Enveloped = ReturnType<Yoga["getEnveloped"]>;

/** The functions that belong to the operation travel as its root value, which no resolver uses. */
interface Executable extends ExecutionArgs {
  readonly rootValue: Pick<Enveloped, "execute" | "subscribe">;
}

async function executionArgs(
  yoga: Yoga,
  { principal, request, controller }: SocketState,
  { query, variables, operationName, extensions }: SubscribePayload,
): Promise<Executable | readonly GraphQLError[]> {
  if (principal === undefined) {
    throw new Error("Cannot subscribe before the connection is acknowledged");
  }
  const lastEventId = extensions?.lastEventId;
  const stream = streamSlot(typeof lastEventId === "string" ? lastEventId : undefined);
  const params = {
    query,
    variables: variables ?? undefined,
    operationName: operationName ?? undefined,
  };
  const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({
    request,
    principal,
    stream,
    params,
  });
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return errors;
  if (getOperationAST(document, operationName)?.operation === "subscription") {
    followSocket(stream.controller, controller);
  }
  return {
    schema,
    document,
    operationName,
    variableValues: variables,
    contextValue: await contextFactory(),
    rootValue: { execute, subscribe },
  };
}

/** Ends a stream with its socket; a stream that is too slow ends its socket. */
function followSocket(stream: AbortController, socket: AbortController): void {
  socket.signal.addEventListener("abort", () => stream.abort(socket.signal.reason), {
    signal: stream.signal,
  });
  stream.signal.addEventListener("abort", () => {
    if (stream.signal.reason instanceof StreamClosedError) socket.abort(stream.signal.reason);
  });
}

async function principalOf(
  verify: VerifyKey,
  { headerKey }: SocketState,
  connectionParams: { readonly authorization?: unknown } | undefined,
): Promise<Principal | undefined> {
  const key = bearerKey(connectionParams?.authorization) ?? headerKey;
  return key === undefined ? undefined : await verify(key);
}
