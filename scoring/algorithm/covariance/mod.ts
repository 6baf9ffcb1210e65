/** Methods that ask how far a row is from the middle, given how columns go together. */
export { robustCovariance } from "./robust_covariance.ts";
