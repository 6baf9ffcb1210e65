/** Bytes in which a stand-alone edge packs points. */
export { BlockReader, damagedBlock, unzigzag } from "./block_reader.ts";
export { BlockWriter, zigzag } from "./block_writer.ts";
