/**
 * The published labelled windows. Only the final table reads them: nothing is fitted or chosen by them.
 */
export interface LabelledWindow {
  readonly device: string;
  /** Event times of the first and last row labelled. */
  readonly from: number;
  readonly until: number;
}

/** Windows of these devices. */
export async function readWindows(devices: readonly string[]): Promise<LabelledWindow[]> {
  const url = new URL("./data/windows.json", import.meta.url);
  const byDevice: Record<string, [string, string][]> = JSON.parse(await Deno.readTextFile(url));
  return devices.flatMap((device) =>
    (byDevice[device] ?? []).map(([from, until]) => ({
      device,
      from: Date.parse(from),
      until: Date.parse(until),
    }))
  );
}

/** Whether the interval, both ends included, shares an instant with the window. */
export function touches(window: LabelledWindow, from: number, until: number): boolean {
  return from <= window.until && until >= window.from;
}
