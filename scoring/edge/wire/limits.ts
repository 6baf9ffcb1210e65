/** What senders of metrics may put into one request, each with its reason. */

/** Series of one request: of each the names are looked up. */
export const SERIES_PER_REQUEST_MAX = 10_000;

/** Samples of one request: vmagent sends 10,000 at most, Prometheus 2,000; they are one write. */
export const SAMPLES_PER_REQUEST_MAX = 10_000;

/** Labels of one series; Mimir takes 30. */
export const LABELS_PER_SERIES_MAX = 64;

/** Bytes of a label's name or an attribute's key, as in Mimir. */
export const LABEL_NAME_BYTES_MAX = 1_024;

/** Bytes of a label's value, as in Mimir. */
export const LABEL_VALUE_BYTES_MAX = 2_048;
