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
/** 8,192 i64 credits, in the place of the row, of which the keys are kept. */
export const CREDITS: usize = ROWS;
/** 16,384 f64 Shapley values, behind the widest row that is explained. */
export const VALUES: usize = ROWS + 65_536;
/** Four points of a quadrature and what goes with them: eight vectors of two f64. */
export const POINTS: usize = VALUES + 131_072;
/** 8,192 + 128 masks. */
export const MASKS: usize = 337_920;
/** 8,192 keys of a row that walks, and room to round up: in the place of masks. */
export const KEYS: usize = MASKS;
/** 6,656 nodes of 80 bytes, while Shapley values are computed: in the place of masks. */
export const WAY: usize = MASKS;
/** Images of forests, as many as the engine keeps. */
export const IMAGES: usize = 870_400;

// While fitting, at the masks' place.

/** 4,096 numbers of the rows that a tree sees. */
export const CHOSEN: usize = MASKS;
/** Addresses of the rows of a level's left and right children, then those of the next: 8,192 each. */
export const FIT_ROWS: usize = CHOSEN + 16_384;
/** 4,096 f32 values of a node's rows, and room to round up. */
export const FIT_VALUES: usize = FIT_ROWS + 131_072;
/** 4,096 numbers of columns. */
export const FIT_FEATURES: usize = FIT_VALUES + 16_448;
/** Where the rows of each of 8,192 nodes begin. */
export const FIT_STARTS: usize = FIT_FEATURES + 8192;
/** Sixteen vectors of sixteen bytes, see partition.ts. */
export const FIT_PACKINGS: usize = FIT_STARTS + 16_384;
/** A bit for each of 2,097,152 rows. */
export const FIT_BITS: usize = FIT_PACKINGS + 256;
