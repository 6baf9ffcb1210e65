import type { HeavyReadName, HeavyReadParams, HeavyReadResult } from "./heavy_reads.ts";

/** What the main thread says to the worker. */
export interface ReadWorkerRequest {
  readonly id: number;
  /** The same each time; the thread opens it with the first. */
  readonly database: ReadWorkerDatabase;
  readonly name: HeavyReadName;
  readonly params: unknown;
}

export interface ReadWorkerDatabase {
  readonly url: string;
  readonly authToken?: string;
}

/** What the worker answers. */
export type ReadWorkerReply =
  | { readonly id: number; readonly progress: number; readonly message?: string }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

export interface RunReadOptions {
  readonly onProgress?: (fraction: number, message?: string) => void;
}

/** A thread with a connection of its own that cannot write. */
export interface ReadWorker {
  /**
   * Runs one of `HEAVY_READS` in the thread, which starts with the first. Rejects with
   * `ReadWorkerError` when the read throws or the thread ends.
   */
  run<N extends HeavyReadName>(
    name: N,
    params: HeavyReadParams<N>,
    options?: RunReadOptions,
  ): Promise<HeavyReadResult<N>>;
  /** Ends the thread; what runs in it is rejected. */
  close(): void;
}

/** A heavy read has failed; the message is the one of its own error. */
export class ReadWorkerError extends Error {
  override readonly name = "ReadWorkerError";
}

interface Running {
  readonly options: RunReadOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ReadWorkerError) => void;
}

/** Makes a worker for heavy reads of a database. */
export function openReadWorker({ url, authToken }: ReadWorkerDatabase): ReadWorker {
  const database = { url, authToken };
  const running = new Map<number, Running>();
  let worker: Worker | undefined;
  let lastId = 0;
  let isClosed = false;

  function start(): Worker {
    const started = new Worker(new URL("./read_worker_thread.ts", import.meta.url), {
      type: "module",
    });
    started.onmessage = ({ data }: MessageEvent<ReadWorkerReply>) => settle(running, data);
    started.onerror = (event) => {
      // Handled here: unhandled it would end the process.
      event.preventDefault();
      stop(`the thread failed: ${event.message}`);
    };
    return started;
  }

  function stop(reason: string): void {
    worker?.terminate();
    worker = undefined;
    for (const { reject } of running.values()) {
      reject(new ReadWorkerError(`Cannot finish heavy read as ${reason}`));
    }
    running.clear();
  }

  return {
    run<N extends HeavyReadName>(
      name: N,
      params: HeavyReadParams<N>,
      options: RunReadOptions = {},
    ): Promise<HeavyReadResult<N>> {
      if (isClosed) {
        return Promise.reject(new ReadWorkerError("Cannot start heavy read as it is closed"));
      }
      worker ??= start();
      const id = ++lastId;
      const answer = new Promise<unknown>((resolve, reject) =>
        running.set(id, { options, resolve, reject })
      );
      worker.postMessage({ id, database, name, params } satisfies ReadWorkerRequest);
      return answer as Promise<HeavyReadResult<N>>;
    },
    close() {
      isClosed = true;
      stop("it was closed");
    },
  };
}

function settle(running: Map<number, Running>, reply: ReadWorkerReply): void {
  const read = running.get(reply.id);
  if (read === undefined) return;
  if ("progress" in reply) return read.options.onProgress?.(reply.progress, reply.message);
  running.delete(reply.id);
  if ("error" in reply) read.reject(new ReadWorkerError(reply.error));
  else read.resolve(reply.result);
}
