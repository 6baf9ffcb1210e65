/**
 * Lets other requests of the process go on: between parts of long work. By a timer, as Deno runs one
 * immediate after the other before it looks at what has come in.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
