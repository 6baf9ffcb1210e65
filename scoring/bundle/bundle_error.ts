/**
 * Why bytes are no bundle that may be used. LIMIT: larger than any bundle may be. HEADER and
 * FOREST: what it says of itself cannot be. HASH: not the bytes that were meant. UNSIGNED,
 * SIGNATURE: not from a trusted key for this tenant.
 */
export type BundleErrorCode =
  | "BUNDLE_TRUNCATED"
  | "BUNDLE_TRAILING"
  | "BUNDLE_MAGIC"
  | "BUNDLE_VERSION"
  | "BUNDLE_LIMIT"
  | "BUNDLE_HEADER"
  | "BUNDLE_HASH"
  | "BUNDLE_FOREST"
  | "BUNDLE_UNSIGNED"
  | "BUNDLE_SIGNATURE"
  | "SETTING_BODY"
  | "SETTING_SIGNATURE"
  | "MAPPING_BODY"
  | "MAPPING_SIGNATURE";

/** A bundle, a setting or a mapping that must not be used. */
export class BundleError extends Error {
  override readonly name = "BundleError";
  constructor(readonly code: BundleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** @throws {BundleError} BUNDLE_FOREST, saying what a forest's bytes must be and what they are. */
export function refuseForest(want: string, found: number): never {
  throw new BundleError(
    "BUNDLE_FOREST",
    `Cannot read forest as it ${want}: current value is ${found}`,
  );
}
