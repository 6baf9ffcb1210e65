/**
 * The process of one custom module: `sandbox.ts MODULE_URL MEMORY_BYTES`. The module runs in a Worker
 * without permissions; this thread carries messages between it and standard input and output, and
 * ends the process when it has taken too much memory.
 */
import { encodeMessage, type Message, NO_BODY, readMessages } from "../message.ts";

/** What a request may have at most: all rows that `detect` trains on. */
const REQUEST_BYTES_MAX = 512 * 1024 * 1024;
/** Short, as memory can be filled quickly. */
const MEMORY_WATCH_MS = 10;

const [moduleUrl, memoryBytes] = Deno.args;
const worker = startWorker(moduleUrl);
watchMemory(Deno.memoryUsage().rss + Number(memoryBytes));
await carry(worker);
Deno.exit();

/** Its own source imports the module, as a Worker without permissions may import nothing later. */
function startWorker(url: string): Worker {
  const source = `import ${JSON.stringify(new URL("quiet.ts", import.meta.url).href)};
import { serve } from ${JSON.stringify(new URL("sandbox_thread.ts", import.meta.url).href)};
import * as custom from ${JSON.stringify(url)};
serve(custom);`;
  const blob = new Blob([source], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob), {
    type: "module",
    deno: { permissions: "none" },
  } as WorkerOptions);
}

function watchMemory(bytesMax: number): void {
  setInterval(() => {
    if (Deno.memoryUsage().rss <= bytesMax) return;
    answerSync(failure(`it took more than ${memoryBytes} bytes of memory`));
    Deno.exit(1);
  }, MEMORY_WATCH_MS);
}

async function carry(worker: Worker): Promise<void> {
  worker.onmessage = ({ data }: MessageEvent<Message>) => answerSync(data);
  worker.onerror = (event) => {
    event.preventDefault();
    answerSync(failure(event.message));
    Deno.exit(1);
  };
  for await (const request of readMessages(Deno.stdin.readable, REQUEST_BYTES_MAX)) {
    worker.postMessage(request);
  }
}

function failure(message: string): Message {
  return { head: { failure: message }, body: NO_BODY };
}

function answerSync(answer: Message): void {
  const bytes = encodeMessage(answer);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
