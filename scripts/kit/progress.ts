// @ts-types="@types/cli-progress"
import cliProgress from "cli-progress";
import process from "node:process";

/** How far a task is. */
export interface Progress {
  update(done: number, extra: Readonly<Record<string, string | number>>): void;
  /** Writes a line above the bar. */
  line(text: string): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly total: number;
  /** Text of the line with `{bar}`, `{value}`, `{total}` and the names of `extra`. */
  readonly format: string;
  readonly extra: Readonly<Record<string, string | number>>;
  /** Where lines go when there is no bar. */
  readonly line: (text: string) => void;
}

/** A progress bar on stderr; where stderr is no terminal, only its lines are written. */
export function startProgress({ total, format, extra, line }: ProgressOptions): Progress {
  if (!Deno.stderr.isTerminal()) return { update: () => {}, line, stop: () => {} };
  const bar = new cliProgress.SingleBar({
    format,
    stream: process.stderr,
    barsize: 30,
    fps: 8,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: "█",
    barIncompleteChar: "░",
  });
  bar.start(total, 0, extra);
  return {
    update: (done, more) => bar.update(done, more),
    line: (text) => {
      process.stderr.write("\r\x1b[K");
      line(text);
    },
    stop: () => bar.stop(),
  };
}
