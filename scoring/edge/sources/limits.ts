/** What a source may hold and how long it may wait, each with its reason. */

/** Messages that are taken but not yet acknowledged: they are one commit, and all that memory holds. */
export const MESSAGES_IN_WORK_MAX = 1_000;

/** Bytes of these messages; the one that passes it is still taken. */
export const BYTES_IN_WORK_MAX = 8 * 1024 * 1024;

/** Bytes of one message; ten thousand points as JSON fit. */
export const MESSAGE_BYTES_MAX = 1024 * 1024;

/**
 * Event time that one commit may span, ms: a backlog of months is folded in parts, so that no part
 * passes the buckets that one request may close.
 */
export const COMMIT_SPAN_MS_MAX = 86_400_000;

/** Time to reach a broker, its greeting included. */
export const OPEN_MS_MAX = 10_000;

/** Time for a broker to take an acknowledgement. */
export const ACKNOWLEDGE_MS_MAX = 10_000;

/** Time to say farewell; a process has five seconds to end. */
export const CLOSE_MS_MAX = 1_000;

/** First pause after a failure; it doubles. */
export const PAUSE_MS_MIN = 200;

/** Longest pause while a broker is away. */
export const RECONNECT_MS_MAX = 30_000;

/** Longest pause while points cannot be recorded: the store is near, and others wait too. */
export const RECORD_MS_MAX = 5_000;

/** A connection that has lasted so long was a good one: the pause after it is the first again. */
export const STABLE_MS = 10_000;

/** Messages set aside of one source; the oldest make room. */
export const SOURCE_DEAD_LETTERS_MAX = 1_000;

/** Longest part of such a message that is kept, characters. */
export const DEAD_LETTER_BODY_MAX = 4_096;

/** Sources of one edge: each has a connection. */
export const SOURCES_MAX = 32;

/** Longest pause while a file is missing: to look again costs nothing. */
export const FILE_MISSING_MS_MAX = 1_000;
