import { InvalidInputError, type Keyset, type Page } from "../../domain/mod.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { LimitError, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "./limits.ts";

/** Arguments of a forward connection. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ description: `Items of the page, 1 to ${PAGE_SIZE_MAX}.` }),
  after: t.string({ description: "Cursor of the item to go on behind." }),
}));

/** What the caller said of a page. */
export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** What a domain list takes. */
export interface PageRange {
  readonly first: number;
  readonly after?: Keyset;
}

/** How one list is paged: its name is part of its cursors, so that no other list takes them. */
export interface PagedList<T> {
  readonly name: string;
  readonly sizeMax?: number;
  read(range: PageRange): Promise<Page<T>>;
  /** Values of the order columns, the last one unique. */
  keysetOf(item: T): Keyset;
}

/**
 * Cost of a connection: what is selected of an item, times the page. A page that is too big is refused
 * as such and need not count.
 */
export function pageCost({ first }: PageArgs): { field: number; multiplier: number } {
  return { field: 1, multiplier: Math.min(Math.max(first ?? PAGE_SIZE_DEFAULT, 1), PAGE_SIZE_MAX) };
}

/** Reads one page of a list as a Relay connection. */
export async function connect<T>(ctx: Context, args: PageArgs, list: PagedList<T>) {
  return connectionOf(ctx, args, list, await list.read(rangeOf(ctx, args, list)));
}

/** A page that was read of a list, as a Relay connection. */
export function connectionOf<T>(
  ctx: Context,
  args: PageArgs,
  list: Pick<PagedList<T>, "name" | "keysetOf">,
  page: Page<T>,
) {
  const edges = page.items.map((node) => ({
    cursor: ctx.cursors.sealKeyset(list.name, list.keysetOf(node)),
    node,
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNext,
      hasPreviousPage: typeof args.after === "string",
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/**
 * The page that the caller asks for.
 *
 * @throws {InvalidInputError} @throws {LimitError} @throws {CursorError}
 */
export function rangeOf(
  ctx: Context,
  { first, after }: PageArgs,
  list: Pick<PagedList<unknown>, "name" | "sizeMax">,
): PageRange {
  const size = first ?? PAGE_SIZE_DEFAULT;
  const sizeMax = list.sizeMax ?? PAGE_SIZE_MAX;
  if (size < 1) {
    throw new InvalidInputError("first", `Cannot list a page as first must be > 0: it is ${size}`);
  }
  if (size > sizeMax) {
    const name = sizeMax === PAGE_SIZE_MAX ? "PAGE_SIZE_MAX" : "TELEMETRY_PAGE_SIZE_MAX";
    throw new LimitError(
      name,
      sizeMax,
      `Cannot list a page as first must be at most ${sizeMax}: it is ${size}`,
    );
  }
  if (typeof after !== "string") return { first: size };
  return { first: size, after: ctx.cursors.openKeyset(list.name, after) };
}
