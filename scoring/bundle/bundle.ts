import { sha256 } from "@noble/hashes/sha2";
import type { Model, ModelSection } from "../detect/mod.ts";
import { toHex } from "../numeric/mod.ts";
import { BundleError } from "./bundle_error.ts";
import { type BundleHeader, readHeader, type SectionEntry, writeHeader } from "./header.ts";
import { lazySection, loadSections } from "./lazy_section.ts";
import { type Frame, PREFIX_BYTES, readFrame, TRAILER_BYTES, writeFrame } from "./layout.ts";
import { contentOf, decodeContent, encodeContent, widthOf } from "./section_content.ts";

/** A model and the content hash by which it is known, 64 hex digits. */
export type BundledModel = Model & { readonly id: string };

/**
 * A model as bytes, still without a signature; equal models give equal bytes.
 *
 * @throws {RangeError} Naming the field when the model is none that `decodeBundle` would accept.
 */
export function encodeBundle(model: Model): { id: string; unsigned: Uint8Array<ArrayBuffer> } {
  const contents = model.sections.map((section) => encodeContent(contentOf(section)));
  const sections: SectionEntry[] = [];
  let offset = 0;
  model.sections.forEach((section, i) => {
    const { period, calibration } = section;
    checkFeatures(model, period, widthOf(contentOf(section)));
    const { length } = contents[i];
    sections.push({ period, offset, length, sha256: toHex(sha256(contents[i])), calibration });
    offset += length;
  });
  const unsigned = writeFrame(writeHeader({ ...model, sections }), contents);
  return { id: toHex(readFrame(unsigned).id), unsigned };
}

/**
 * The model in a bundle, signed or not. Checks every count, index and hash before it allocates, but
 * not whose bundle it is: bytes from outside are for `openBundle`.
 *
 * @throws {BundleError} When the bytes are anything but one whole bundle.
 */
export function decodeBundle(bytes: Uint8Array): BundledModel {
  const frame = readFrame(bytes);
  const parts = readParts(frame, [0, TRAILER_BYTES]);
  parts.contents.forEach((content, i) => checkHash(parts.header.sections[i], sha256(content)));
  const model = modelOf(parts);
  loadSections(model);
  return { ...model, id: toHex(frame.id) };
}

/** What a bundle says of its model, and the bytes of what scores in each section. */
export interface BundleParts {
  readonly header: BundleHeader;
  readonly contents: readonly Uint8Array[];
}

/**
 * The parts of a frame that ends with a trailer of one of these lengths. The hashes of the
 * contents are still to be checked.
 *
 * @throws {BundleError} When the bytes are too many or too few, or the header is unsound.
 */
export function readParts(frame: Frame, trailers: readonly number[]): BundleParts {
  const header = decodeHeader(frame);
  return { header, contents: splitSections(frame, header, trailers) };
}

/** @throws {BundleError} BUNDLE_HASH when a section's bytes have another hash than meant. */
export function checkHash({ period, sha256 }: SectionEntry, found: Uint8Array): void {
  if (toHex(found) === sha256) return;
  throw new BundleError(
    "BUNDLE_HASH",
    `Cannot read section "${period}" as its bytes are not those of its hash`,
  );
}

/** The model of parts whose hashes are right; each section is decoded when it is first asked for. */
export function modelOf({ header, contents }: BundleParts): Model {
  return {
    detectorId: header.detectorId,
    entityId: header.entityId,
    plan: header.plan,
    provenance: header.provenance,
    sections: header.sections.map((entry, i) => sectionOf(header, entry, contents[i])),
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

/** Alone, so that a section holds no other section's bytes. */
function sectionOf(header: BundleHeader, entry: SectionEntry, bytes: Uint8Array): ModelSection {
  const { algorithm } = header.provenance;
  return lazySection(entry, algorithm, () => {
    const content = decodeContent(algorithm, bytes);
    try {
      checkFeatures(header, entry.period, widthOf(content));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BundleError("BUNDLE_FOREST", reason, { cause });
    }
    return content;
  });
}

function checkFeatures({ plan }: Pick<Model, "plan">, period: string, found: number): void {
  if (found === plan.features.length) return;
  throw new RangeError(
    `Cannot use section "${period}" as it must have ${plan.features.length} features: ` +
      `it has ${found}`,
  );
}
