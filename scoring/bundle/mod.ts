/** A model as signed bytes: written once by the gateway, opened by every edge. */
export { BundleError, type BundleErrorCode } from "./bundle_error.ts";
export { type BundledModel, decodeBundle, encodeBundle } from "./bundle.ts";
export { loadedPeriods, loadSections } from "./lazy_section.ts";
export { decodeForest, encodeForest } from "./forest_section.ts";
export { BUNDLE_BYTES_MAX } from "./layout.ts";
export {
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  keyIdOf,
  type Signer,
  type SigningKey,
  type TrustedKeys,
} from "./keys.ts";
export {
  openBundle,
  openMapping,
  type OpenOptions,
  openSetting,
  signBundle,
  type SignedText,
  signMapping,
  signSetting,
} from "./signed.ts";
