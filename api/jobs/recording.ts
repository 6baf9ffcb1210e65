import { GuardError } from "../../domain/mod.ts";

/** Another job would have to record on the same device in the same instant each time. */
const RECORDING_TRIES_MAX = 3;

/** Records what was found, again from what is stored when somebody else stored it meanwhile. */
export async function untilRecorded<T>(record: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await record();
    } catch (error) {
      if (!(error instanceof GuardError) || tries === RECORDING_TRIES_MAX) throw error;
    }
  }
}
