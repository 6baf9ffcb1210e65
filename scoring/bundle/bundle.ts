import { sha256 } from "@noble/hashes/sha2";
import type { Model, ModelSection } from "../detect/mod.ts";
import { toHex } from "../numeric/mod.ts";
import { BundleError } from "./bundle_error.ts";
import { decodeForest, encodeForest } from "./forest_section.ts";
import { type BundleHeader, readHeader, type SectionEntry, writeHeader } from "./header.ts";
import { type Frame, PREFIX_BYTES, readFrame, TRAILER_BYTES, writeFrame } from "./layout.ts";

/** A model and the content hash by which it is known, 64 hex digits. */
export type BundledModel = Model & { readonly id: string };

/**
 * A model as bytes, still without a signature; equal models give equal bytes.
 *
 * @throws {RangeError} Naming the field when the model is none that `decodeBundle` would accept.
 */
export function encodeBundle(model: Model): { id: string; unsigned: Uint8Array<ArrayBuffer> } {
  const forests = model.sections.map(({ forest }) => encodeForest(forest));
  const sections: SectionEntry[] = [];
  let offset = 0;
  model.sections.forEach(({ period, calibration, forest }, i) => {
    checkFeatures(model, period, forest.featureCount);
    const { length } = forests[i];
    sections.push({ period, offset, length, sha256: toHex(sha256(forests[i])), calibration });
    offset += length;
  });
  const unsigned = writeFrame(writeHeader({ ...model, sections }), forests);
  return { id: toHex(readFrame(unsigned).id), unsigned };
}

/**
 * The model in a bundle, signed or not. Checks every count, index and hash before it allocates, but
 * not whose bundle it is: bytes from outside are for `openBundle`.
 *
 * @throws {BundleError} When the bytes are anything but one whole bundle.
 */
export function decodeBundle(bytes: Uint8Array): BundledModel {
  return decodeFrame(readFrame(bytes), [0, TRAILER_BYTES]);
}

/** As `decodeBundle`, of a known frame that ends with a trailer of one of these lengths. */
export function decodeFrame(frame: Frame, trailers: readonly number[]): BundledModel {
  const header = decodeHeader(frame);
  const sections = splitSections(frame, header, trailers);
  return {
    detectorId: header.detectorId,
    entityId: header.entityId,
    plan: header.plan,
    provenance: header.provenance,
    sections: header.sections.map((entry, i) => decodeSection(header, entry, sections[i])),
    id: toHex(frame.id),
  };
}

function decodeHeader({ bytes, headerEnd }: Frame): BundleHeader {
  try {
    return readHeader(bytes.subarray(PREFIX_BYTES, headerEnd));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BundleError("BUNDLE_HEADER", reason, { cause });
  }
}

/** The bytes of each section; nothing but a trailer may come after them. */
function splitSections(
  { bytes, headerEnd }: Frame,
  header: BundleHeader,
  trailers: readonly number[],
): Uint8Array[] {
  const last = header.sections[header.sections.length - 1];
  const end = headerEnd + last.offset + last.length;
  if (bytes.length < end) {
    throw new BundleError(
      "BUNDLE_TRUNCATED",
      `Cannot read bundle as its sections must end at ${end}: it has ${bytes.length} bytes`,
    );
  }
  if (!trailers.includes(bytes.length - end)) {
    throw new BundleError(
      "BUNDLE_TRAILING",
      `Cannot read bundle as ${trailers.join(" or ")} bytes must come after its sections: ` +
        `there are ${bytes.length - end}`,
    );
  }
  return header.sections.map(({ offset, length }) =>
    bytes.subarray(headerEnd + offset, headerEnd + offset + length)
  );
}

function decodeSection(
  header: BundleHeader,
  { period, sha256: expected, calibration }: SectionEntry,
  bytes: Uint8Array,
): ModelSection {
  if (toHex(sha256(bytes)) !== expected) {
    throw new BundleError(
      "BUNDLE_HASH",
      `Cannot read section "${period}" as its bytes are not those of its hash`,
    );
  }
  const forest = decodeForest(bytes);
  try {
    checkFeatures(header, period, forest.featureCount);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BundleError("BUNDLE_FOREST", reason, { cause });
  }
  return { period, calibration, forest };
}

function checkFeatures({ plan }: Pick<Model, "plan">, period: string, found: number): void {
  if (found === plan.features.length) return;
  throw new RangeError(
    `Cannot use section "${period}" as its forest must have ${plan.features.length} features: ` +
      `it has ${found}`,
  );
}
