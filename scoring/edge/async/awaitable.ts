/**
 * What may be here already. On hot paths it is awaited only where it is not: an await costs a turn of
 * the microtask queue and a promise, also of what is here.
 */
export type Awaitable<T> = T | Promise<T>;
