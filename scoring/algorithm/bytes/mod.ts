/** Fitted methods as bytes: one writer and one reader, which refuses damage and unsound content. */
export { type BytesHead, type ByteWriter, createByteWriter } from "./writer.ts";
export { type ByteReader, type BytesKind, openBytes, type ValueRange } from "./reader.ts";
