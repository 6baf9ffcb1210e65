/** What a task's exit code says. */
export const EXIT = { ok: 0, failedCheck: 1, usage: 2, dependencyDown: 3 } as const;

/** Ends a task with an exit code and one sentence on stderr instead of a stack trace. */
export class TaskError extends Error {
  override readonly name: string = "TaskError";
  constructor(readonly exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The task was called wrongly, or its settings cannot be used: exit code 2. */
export class UsageError extends TaskError {
  override readonly name = "UsageError";
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.usage, message, options);
  }
}

/** Something that the task needs does not answer or is held by another process: exit code 3. */
export class DependencyError extends TaskError {
  override readonly name = "DependencyError";
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.dependencyDown, message, options);
  }
}
