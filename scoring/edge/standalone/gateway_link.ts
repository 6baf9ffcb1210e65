import type { EdgeLog } from "./edge_log.ts";
import { GatewayError } from "./gateway_client.ts";

/** What an edge asks its gateway for; each is tried again by itself. */
export type GatewayTask = "assignments" | "sync";

/** Why the gateway does not do what it is asked. */
export interface GatewayFault {
  /** The problem's code, as FORBIDDEN; UNREACHABLE or BROKEN when there was no whole answer. */
  readonly code: string;
  readonly message: string;
}

/**
 * Whether the gateway does what it is asked. An outage is part of an edge's life and lasts hours: the
 * log tells its beginning and its end, not each try.
 */
export class GatewayLink {
  readonly #log: EdgeLog;
  readonly #faults = new Map<GatewayTask, GatewayFault>();
  /** Codes by which the stream was refused. */
  readonly #streamRefusals = new Set<string>();

  constructor(log: EdgeLog) {
    this.#log = log;
  }

  /** What is wrong now, of all tasks the first. */
  get fault(): GatewayFault | undefined {
    return this.#faults.values().next().value;
  }

  /**
   * Does one task and remembers how it went.
   * @returns What the task gave.
   * @throws What the task threw.
   */
  async attempt<T>(task: GatewayTask, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#worked(task);
      return result;
    } catch (error) {
      if (error instanceof GatewayError) this.#failed(task, error);
      throw error;
    }
  }

  /** Of a refused stream is told once: asking now and then takes its place. */
  streamFailed(error: GatewayError): void {
    const code = codeOf(error);
    if (code === AWAY || this.#streamRefusals.has(code)) return;
    this.#streamRefusals.add(code);
    const message = "Gateway refuses its stream, changes come a little later";
    this.#log("warning", message, { status: error.status, code, reason: error.message });
  }

  #worked(task: GatewayTask): void {
    if (this.#faults.delete(task) && this.#faults.size === 0) {
      this.#log("info", "Gateway does again what this edge asks", {});
    }
  }

  #failed(task: GatewayTask, error: GatewayError): void {
    const code = codeOf(error);
    const isTold = [...this.#faults.values()].some((fault) => fault.code === code);
    this.#faults.set(task, { code, message: error.message });
    if (isTold) return;
    const { status, message: reason } = error;
    const message = code === AWAY
      ? "Gateway is away, the edge goes on alone"
      : "Gateway refuses what this edge asks";
    this.#log(code === AWAY ? "warning" : "error", message, { task, status, code, reason });
  }
}

const AWAY = "UNREACHABLE";

/** While a gateway goes down it answers in several ways, which mean the same. */
function codeOf({ status, code }: GatewayError): string {
  return status === 0 || status >= 500 ? AWAY : code;
}
