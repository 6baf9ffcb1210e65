import {
  type DocumentNode,
  GraphQLError,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  TokenKind,
} from "graphql";
import { LimitError } from "../../schema/mod.ts";

/** Bytes of a GraphQL request: documents are short, and telemetry goes to the edge. */
export const BODY_BYTES_MAX = 1_000_000;

/** How long a request's body may take to arrive. */
export const BODY_READ_MS_MAX = 10_000;

/** Characters of the address of a GET query: what proxies commonly let through. */
export const URL_LENGTH_MAX = 8_192;

/** Nesting of the JSON of a request: values are walked by recursion further down. */
export const JSON_DEPTH_MAX = 32;

/** Lexical tokens of a document; the introspection query of GraphiQL has about 500. */
export const TOKENS_MAX = 2_000;

/** Brackets inside brackets of a document: the parser walks them by recursion. */
export const NESTING_MAX = 40;

/** Fields below fields; the longest way through the product's types that makes sense is 9. */
export const DEPTH_MAX = 15;

/** Fields and fragments of an operation once fragments are spread: merging them is quadratic. */
export const SELECTIONS_MAX = 500;

/** Times that one selection set may name the same field. */
export const DUPLICATES_MAX = 10;

/** Fields under another name: the way to run one field many times. */
export const ALIASES_MAX = 30;

/** Directives in a document; it rarely has more than one per fragment. */
export const DIRECTIVES_MAX = 30;

/** What an operation may cost: about the number of fields that it resolves at most, 1 to 2 µs each. */
export const COST_MAX = 30_000;

/** Errors that one answer lists. */
export const ERRORS_MAX = 5;

/** Characters of an error's message: it may quote what the caller sent. */
export const ERROR_MESSAGE_LENGTH_MAX = 400;

/** Streams that one API key may have open in this process. */
export const STREAMS_PER_KEY_MAX = 1_000;

/** Sustained requests of one API key; a page of a dashboard asks for a dozen things. */
export const REQUESTS_PER_SECOND_MAX = 100;

/** Requests of one API key at once: all of its streams come back when a gateway has restarted. */
export const REQUESTS_BURST_MAX = STREAMS_PER_KEY_MAX;

/** The keys of a tenant together may ask this many times what one may. */
export const TENANT_RATE_SHARE = 4;

/** Streams of one WebSocket. */
export const STREAMS_PER_SOCKET_MAX = 100;

/** Events that may wait for a reader that takes nothing; then it is closed and resumes. */
export const UNSENT_EVENTS_MAX = 1_000;

/** How long a reader may take nothing before its waiting events are counted. */
export const STALLED_READER_MS = 5_000;

/** A key is looked up again at this pace while it has streams open. */
export const KEY_RECHECK_MS = 2_000;

/** Messages that one WebSocket may send within a second. */
export const SOCKET_MESSAGES_PER_SECOND_MAX = 100;

/**
 * Refuses a document by its text alone, before anything walks it by recursion. Text that does not
 * split into tokens is left to the parser, that ends there too.
 *
 * @throws {LimitError}
 */
export function checkText(text: string): void {
  let nesting = 0;
  let directives = 0;
  let count = 0;
  for (const kind of tokensOf(text)) {
    nesting += NESTS[kind] ?? 0;
    if (kind === TokenKind.AT) directives++;
    check("TOKENS_MAX", TOKENS_MAX, ++count);
    check("NESTING_MAX", NESTING_MAX, nesting);
    check("DIRECTIVES_MAX", DIRECTIVES_MAX, directives);
  }
}

function* tokensOf(text: string): Generator<TokenKind> {
  const lexer = new Lexer(new Source(text));
  try {
    let { kind } = lexer.advance();
    for (; kind !== TokenKind.EOF; kind = lexer.advance().kind) yield kind;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
}

const NESTS: Partial<Record<TokenKind, number>> = {
  [TokenKind.BRACE_L]: 1,
  [TokenKind.BRACKET_L]: 1,
  [TokenKind.PAREN_L]: 1,
  [TokenKind.BRACE_R]: -1,
  [TokenKind.BRACKET_R]: -1,
  [TokenKind.PAREN_R]: -1,
};

/**
 * Refuses a document by what its operations select, before it is validated: the rules of validation
 * are quadratic in places.
 *
 * @throws {LimitError}
 */
export function checkDocument({ definitions }: DocumentNode): void {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }
  for (const definition of definitions) {
    // Fragments are walked of themselves too: validation looks at those that nobody spreads.
    if (
      definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION
    ) {
      const walk: Walk = { fragments, active: new Set(), selections: 0, aliases: 0 };
      walkSelections(walk, definition.selectionSet, 1);
    }
  }
}

interface Walk {
  readonly fragments: ReadonlyMap<string, SelectionSetNode>;
  /** Fragments on the way down, so that a cycle, which validation refuses, ends here. */
  readonly active: Set<string>;
  selections: number;
  aliases: number;
}

function walkSelections(walk: Walk, { selections }: SelectionSetNode, depth: number): void {
  check("DEPTH_MAX", DEPTH_MAX, depth);
  const seen = new Map<string, number>();
  for (const selection of selections) {
    check("SELECTIONS_MAX", SELECTIONS_MAX, ++walk.selections);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      walkFragment(walk, selection.name.value, depth);
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      walkSelections(walk, selection.selectionSet, depth);
      continue;
    }
    if (selection.alias) check("ALIASES_MAX", ALIASES_MAX, ++walk.aliases);
    const times = (seen.get(selection.name.value) ?? 0) + (selection.alias ? 0 : 1);
    check("DUPLICATES_MAX", DUPLICATES_MAX, times);
    seen.set(selection.name.value, times);
    if (selection.selectionSet) walkSelections(walk, selection.selectionSet, depth + 1);
  }
}

function walkFragment(walk: Walk, name: string, depth: number): void {
  const fragment = walk.fragments.get(name);
  if (fragment === undefined || walk.active.has(name)) return;
  walk.active.add(name);
  walkSelections(walk, fragment, depth);
  walk.active.delete(name);
}

/**
 * Refuses JSON that is nested deeper than what is walked by recursion later.
 *
 * @throws {LimitError}
 */
export function checkJsonDepth(json: string): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < json.length; index++) {
    const char = json.charCodeAt(index);
    if (quoted) {
      if (char === BACKSLASH) index++;
      else if (char === QUOTE) quoted = false;
    } else if (char === QUOTE) quoted = true;
    else if (char === BRACE_L || char === BRACKET_L) {
      check("JSON_DEPTH_MAX", JSON_DEPTH_MAX, ++depth);
    } else if (char === BRACE_R || char === BRACKET_R) depth--;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET_L = 0x5b;
const BRACKET_R = 0x5d;
const BRACE_L = 0x7b;
const BRACE_R = 0x7d;

/** Refuses what passes a limit, by the limit's own name. */
export function check(limit: string, max: number, value: number): void {
  if (value <= max) return;
  throw new LimitError(limit, max, `Cannot run the request as it passes ${limit}: at most ${max}`);
}
