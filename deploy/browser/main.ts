/** The scorer for a page: opens a signed bundle and judges rows, with the bits of every other edge. */
import { importTrustedKeys, openBundle } from "../../scoring/bundle/mod.ts";
import { scoreVectors, type Verdict } from "../../scoring/detect/mod.ts";
import { featureNames } from "../../scoring/features/mod.ts";
import { useForestKernel } from "../../scoring/forest/mod.ts";

export { useForestKernel };

export interface ScorerOptions {
  /** The bytes of `GET /edge/v1/bundles/{id}`. */
  readonly bundle: Uint8Array;
  readonly tenantId: string;
  /** Raw Ed25519 public keys of the installation. */
  readonly publicKeys: readonly Uint8Array[];
}

export interface Scorer {
  readonly modelId: string;
  /** Names of a row's columns. */
  readonly features: readonly string[];
  /**
   * One verdict a row; rows lie one after the other.
   *
   * @throws {RangeError} When the numbers are no whole rows.
   */
  score(rows: Float32Array, options?: RowOptions): Verdict[];
}

export interface RowOptions {
  /** Tell the contributions of every row, not only of flagged ones. */
  readonly explain?: boolean;
  /** Judge by this period's section; default `any`. */
  readonly period?: string;
}

/** @throws {BundleError} (rejects) When the bundle is damaged, or not signed for the tenant. */
export async function openScorer(options: ScorerOptions): Promise<Scorer> {
  const { bundle, tenantId, publicKeys } = options;
  const trustedKeys = await importTrustedKeys(publicKeys);
  const { id, model } = await openBundle(bundle, { tenantId, trustedKeys });
  const features = featureNames(model.plan);
  const columnCount = features.length;
  return {
    modelId: id,
    features,
    score(data, { explain, period } = {}) {
      const rowCount = data.length / columnCount;
      if (!Number.isInteger(rowCount)) {
        throw new RangeError(
          `Cannot score rows as they must have ${columnCount} values each: found ${data.length}`,
        );
      }
      return scoreVectors(model, id, { data, rowCount, columnCount }, { explain, period });
    },
  };
}
