import {
  type EdgeReport,
  REPORT_EVERY_MS,
  RUNNING_MODELS_MAX,
  type RunningModel,
} from "./protocol.ts";
import type { KeptDevice } from "./store/mod.ts";

/** How an edge is, with the devices whose models judge. */
export interface OwnReport {
  readonly report: Omit<EdgeReport, "models">;
  /** The same list until it changes. */
  readonly devices: readonly KeptDevice[];
}

/** A report on its way, or the newest that has arrived. */
interface Telling {
  readonly text: string;
  readonly devices: readonly KeptDevice[];
  readonly at: number;
}

/** What the gateway knows of this edge, so that it is told what it does not know, and at times all. */
export class ToldReport {
  readonly #now: () => number;
  #sent: Telling | undefined;
  #arrived: Telling | undefined;

  /** @param now Wall clock, ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the gateway should hear of it. */
  isNews({ report, devices }: OwnReport): boolean {
    const last = this.#arrived;
    if (last?.devices !== devices || last.text !== textOf(report)) return true;
    const age = this.#now() - last.at;
    // A clock that was set back must not make an edge fall silent.
    return age < 0 || age >= REPORT_EVERY_MS;
  }

  /** What to send now; `undefined` when it is no news. Models go along when they are others. */
  next(own: OwnReport): EdgeReport | undefined {
    this.#sent = undefined;
    if (!this.isNews(own)) return undefined;
    const { report, devices } = own;
    this.#sent = { text: textOf(report), devices, at: this.#now() };
    return {
      ...devices === this.#arrived?.devices ? {} : { models: modelsOf(devices) },
      ...report,
    };
  }

  /** What was sent last has arrived. */
  arrive(): void {
    this.#arrived = this.#sent ?? this.#arrived;
  }

  /** The next report is news whatever it says. */
  expire(): void {
    this.#sent = undefined;
    if (this.#arrived !== undefined) this.#arrived = { ...this.#arrived, at: -Infinity };
  }

  /** The gateway may have lost what it was told. */
  forget(): void {
    this.#sent = this.#arrived = undefined;
  }
}

/** Bytes that were sent and saved change with every second, and are told along with the rest. */
function textOf(report: OwnReport["report"]): string {
  return JSON.stringify({ ...report, bytesSent: 0, bytesSaved: 0 });
}

function modelsOf(devices: readonly KeptDevice[]): RunningModel[] {
  return devices.flatMap(({ deviceId, assignments }) =>
    assignments.map(({ detectorId, modelId }) => ({ detectorId, deviceId, modelId }))
  ).slice(0, RUNNING_MODELS_MAX);
}
