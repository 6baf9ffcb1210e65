/** Lets other work of the event loop run: between slices of long synchronous work. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
