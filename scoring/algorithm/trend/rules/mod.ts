/** Rules that need no training to speak of. */
export { flatline } from "./flatline.ts";
export { missingData } from "./missing_data.ts";
export { staticLimits } from "./static_limits.ts";
