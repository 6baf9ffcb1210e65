import { findDrift } from "./find_drift.ts";
import { fitDevice } from "./fit_device.ts";
import { fitPool } from "./fit_pool.ts";
import { findNormalRows } from "./normal_rows.ts";
import { readPoints } from "./point_columns.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";

/** Parameters and result pass between threads: plain data and typed arrays. */
type HeavyRead = (context: HeavyReadContext, params: never) => Promise<unknown>;

/**
 * The reads, and computations over what was read, that take too long for the main thread: those that
 * may touch more than 5,000 rows. Called by their names here.
 */
export const HEAVY_READS = {
  findDrift,
  findNormalRows,
  fitDevice,
  fitPool,
  readPoints,
} satisfies Record<string, HeavyRead>;

export type HeavyReads = typeof HEAVY_READS;
export type HeavyReadName = keyof HeavyReads;
export type HeavyReadParams<N extends HeavyReadName> = Parameters<HeavyReads[N]>[1];
export type HeavyReadResult<N extends HeavyReadName> = Awaited<ReturnType<HeavyReads[N]>>;
