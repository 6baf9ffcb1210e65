/** Items of one page; a page is one statement and one answer, and 200 is what a screen can use. */
export const PAGE_SIZE_MAX = 200;

/** Items of a page when the query does not say. */
export const PAGE_SIZE_DEFAULT = 20;

/** Points of one page of telemetry: points are small and a chart wants many; as the domain allows. */
export const TELEMETRY_PAGE_SIZE_MAX = 1_000;

/** Ids that one `nodes` query may ask for. */
export const NODES_MAX = 100;

/** Elements of a list inside an input, as the devices of a detector. */
export const INPUT_LIST_MAX = 1_000;

/**
 * What a counterfactual adds to the cost of an operation: up to a tenth of a second of a thread's
 * time, so that an operation has at most some thirty.
 */
export const COUNTERFACTUAL_COST = 1_000;

/** A request that passes a limit: the answer names the limit and its value. */
export class LimitError extends Error {
  override readonly name = "LimitError";
  /** @param limit Name of the limit, as "PAGE_SIZE_MAX". */
  constructor(readonly limit: string, readonly value: number, message: string) {
    super(message);
  }
}
