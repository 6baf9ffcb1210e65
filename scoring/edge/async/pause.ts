/**
 * Lets other work of the event loop run: between slices of long synchronous work. By a message, as a
 * timer waits for a millisecond or two at least.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
