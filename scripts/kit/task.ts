import { EXIT, TaskError } from "./exit.ts";
import { type FlagSpecs, type FlagValues, helpText, parseFlags, type TaskSpec } from "./flags.ts";
import { type Output, processOutput } from "./output.ts";

/** What a task's main function is given. */
export interface TaskContext<S extends FlagSpecs> {
  readonly flags: FlagValues<S>;
  readonly operands: readonly string[];
  readonly output: Output;
}

/**
 * Runs a task to its end and exits with its code: 0 ok, 1 failed check, 2 usage, 3 dependency down. A
 * `TaskError` becomes a sentence on stderr; anything else is a bug and keeps its stack.
 */
export async function runTask<S extends FlagSpecs>(
  task: TaskSpec<S>,
  main: (context: TaskContext<S>) => Promise<number | void>,
): Promise<never> {
  try {
    const { flags, operands, help } = parseFlags(task, Deno.args);
    if (help) {
      processOutput(false).line(helpText(task));
      Deno.exit(EXIT.ok);
    }
    const output = processOutput("json" in flags && flags.json === true);
    Deno.exit(await main({ flags, operands, output }) ?? EXIT.ok);
  } catch (error) {
    if (!(error instanceof TaskError)) {
      console.error(error);
      Deno.exit(EXIT.failedCheck);
    }
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
