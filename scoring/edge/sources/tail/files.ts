/** A file that is open for reading, wherever it is moved. */
export interface TailedFile {
  /** Tells it from all other files of its disk that exist at the same time. */
  readonly identity: string;
  size(): Promise<number>;
  /** Bytes from an offset, fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): void;
}

/** A file by its name. */
export interface NamedFile {
  readonly path: string;
  readonly identity: string;
}

/** The file that grows, and what it was before it was rotated. */
export interface TailedFiles {
  /** Rotated ones in the order in which they were last written, then the one that grows, if there is one. */
  list(): Promise<readonly NamedFile[]>;
  /** `undefined` when it has gone meanwhile. */
  open(path: string): Promise<TailedFile | undefined>;
  /** Of the file that grows. */
  readonly path: string;
}
