/** Methods for short runs of a machine whose first rows are known to be in order. */
export { LEVEL_SHIFT_RELEASE_SHARE, levelShift } from "./level_shift.ts";
