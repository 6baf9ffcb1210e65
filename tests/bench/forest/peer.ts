import process from "node:process";

/** What a peer is asked to do; one JSON line each on its standard input. */
export interface Command {
  /** "load" makes the data of so many columns known and fits; the others are measured. */
  readonly op: string;
  /** Folder of `train-<columns>.f32` and `rows-<columns>.f32`. */
  readonly folder?: string;
  readonly columns?: number;
  /** Rows of a call. */
  readonly rows: number;
  readonly calls: number;
}

/** Does what is asked so many times; calls must not meet the same rows again and again. */
export type Work = (command: Command) => void | number[] | Promise<void | number[]>;

/** Answers commands until its input ends: CPU seconds of each, and what the work gives. */
export async function servePeer(load: (command: Command) => Promise<Record<string, Work>>) {
  let works: Record<string, Work> = {};
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const chunk of lines) {
    text += chunk;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const command: Command = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      const before = process.cpuUsage();
      let figures: number[] | void = [];
      if (command.op === "load") works = await load(command);
      else figures = await works[command.op](command);
      const { user, system } = process.cpuUsage(before);
      console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, figures: figures ?? [] }));
    }
  }
}

export interface PeerData {
  readonly train: Float32Array;
  readonly rows: Float32Array;
  readonly columns: number;
}

export async function readData({ folder, columns = 0 }: Command): Promise<PeerData> {
  const read = async (name: string) =>
    new Float32Array((await Deno.readFile(`${folder}/${name}-${columns}.f32`)).buffer);
  return { train: await read("train"), rows: await read("rows"), columns };
}

/** Successive stretches of `count` rows, from the first again after the last. */
export function* stretches({ rows, columns }: PeerData, count: number): Generator<Float32Array> {
  const stretch = count * columns;
  for (let at = 0;; at = at + 2 * stretch > rows.length ? 0 : at + stretch) {
    yield rows.subarray(at, at + stretch);
  }
}
