import DataLoader from "dataloader";
import type { Page } from "../../domain/mod.ts";
import {
  connectionOf,
  type PageArgs,
  type PagedList,
  type PageRange,
  rangeOf,
} from "./connection.ts";
import type { Context } from "./context.ts";

/** Rows that one statement reads at most for many lists: reading holds all others up. */
const ROWS_PER_READ_MAX = 5_000;

/** Pages of the lists of one field below many rows, all with the same arguments. */
export interface ChildPages<P> extends Pick<PagedList<never>, "name" | "sizeMax"> {
  /** The field whose lists these are, as "Device.anomalies". */
  readonly field: string;
  /** What of the arguments is not of the page; lists that differ in it are read apart. */
  readonly filter?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** The page of each parent, in their order. */
  read(parentIds: readonly string[], range: PageRange): Promise<readonly P[]>;
}

/** Reads one page of a list below a row as a Relay connection, together with its siblings'. */
export async function connectChild<T>(
  ctx: Context,
  args: PageArgs,
  parentId: string,
  lists: ChildPages<Page<T>> & Pick<PagedList<T>, "keysetOf">,
) {
  return connectionOf(ctx, args, lists, await loadChildPage(ctx, args, parentId, lists));
}

/** Reads one page of a list below a row, together with those of its siblings. */
export function loadChildPage<P>(
  ctx: Context,
  args: PageArgs,
  parentId: string,
  lists: ChildPages<P>,
): Promise<P> {
  return loaderOf(ctx, rangeOf(ctx, args, lists), lists).load(parentId);
}

/** Loaders of a request, by field and arguments: an operation has as many as it has such fields. */
const loaders = new WeakMap<Context, Map<string, DataLoader<string, unknown>>>();

function loaderOf<P>(
  ctx: Context,
  range: PageRange,
  { field, filter, read }: ChildPages<P>,
): DataLoader<string, P> {
  const ofContext = loaders.get(ctx) ?? new Map<string, DataLoader<string, unknown>>();
  loaders.set(ctx, ofContext);
  const key = JSON.stringify([field, filter, range]);
  const known = ofContext.get(key);
  // The key has all that the loader was made of, so that its pages are of this type.
  if (known) return known as DataLoader<string, P>;
  const loader = new DataLoader<string, P>((ids) => read(ids, range), {
    // A stream's context lives as long as the stream: what it has once read must not stay.
    cache: false,
    maxBatchSize: Math.max(1, Math.floor(ROWS_PER_READ_MAX / (range.first + 1))),
  });
  ofContext.set(key, loader);
  return loader;
}
