/** How a server is reached and ended. */
export interface Served {
  /** As "http://127.0.0.1:8000". */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, waits for requests under way up to `drainMs`, then cuts them. */
  close(drainMs: number): Promise<void>;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Further ports that are tried when the one before is taken. */
  readonly nextPorts?: number;
}

/** The address is taken. */
export class AddressInUseError extends Error {
  override readonly name = "AddressInUseError";
}

/**
 * Serves HTTP.
 *
 * @throws {AddressInUseError} When the port and all that may follow it are taken.
 */
export function serve(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  { host, port, nextPorts = 0 }: ServeOptions,
): Served {
  const cut = new AbortController();
  const underWay = new UnderWay();
  let closing = false;
  const tracked: Deno.ServeHandler<Deno.NetAddr> = (request, info) => {
    if (closing) return new Response(null, { status: 503, headers: { "connection": "close" } });
    underWay.add(info.completed);
    return handler(request, info);
  };
  const server = listen(tracked, host, port, nextPorts, cut.signal);
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${server.addr.port}`,
    port: server.addr.port,
    // Not `server.shutdown()`: it cannot be cut short, and one stream would hold the process for ever.
    async close(drainMs) {
      closing = true;
      await settledWithin(underWay.ended(), drainMs);
      cut.abort();
      await server.finished;
    },
  };
}

/** Requests that are not answered to their end: a count, as there are many and all cost. */
class UnderWay {
  #count = 0;
  #onEnded: (() => void) | undefined;
  readonly #end = () => {
    if (--this.#count === 0) this.#onEnded?.();
  };

  add(completed: Promise<void>): void {
    this.#count++;
    completed.then(this.#end, this.#end);
  }

  /** No more may be added. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnded = resolve;
      if (this.#count === 0) resolve();
    });
  }
}

async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

function listen(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  hostname: string,
  port: number,
  nextPorts: number,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  for (let next = port;; next++) {
    try {
      return Deno.serve({ hostname, port: next, signal, onListen: () => {} }, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      if (next >= port + nextPorts) throw addressInUse(hostname, port, next, error);
    }
  }
}

function addressInUse(host: string, port: number, last: number, cause: Error): AddressInUseError {
  const ports = port === last ? `${host}:${port} is` : `${host}:${port} to ${last} are`;
  return new AddressInUseError(`Cannot listen as ${ports} in use`, { cause });
}
