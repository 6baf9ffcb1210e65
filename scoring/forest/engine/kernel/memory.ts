// Where everything lies in the module's memory, in bytes. Nothing is ever allocated: the engine
// copies rows and images in, calls, and reads the results.

/** One slot: a bit for each of 512 rows, four vectors of 128. */
export const SLOT_BYTES: i32 = 64;
/** 1024 slots. They begin at 0, so that a slot's place is its address. */
export const SLOTS: usize = 0;
/** 32 vertical counters. */
export const COUNTERS: usize = 65_536;
/** 512 f64 sums of path units. */
export const SUMS: usize = 67_584;
/** 512 f64 scores. */
export const SCORES: usize = 71_680;
/** 512 rows of up to 128 f32 values. */
export const ROWS: usize = 75_776;
/** 8,192 + 128 masks. */
export const MASKS: usize = 337_920;
/** Images of forests, as many as the engine keeps. */
export const IMAGES: usize = 870_400;
