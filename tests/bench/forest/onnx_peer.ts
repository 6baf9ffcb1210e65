/** onnxruntime-web, WebAssembly on one thread, with the forest that our side has fitted. */
import * as ort from "npm:onnxruntime-web@1.30.0";
import { readData, servePeer, stretches } from "./peer.ts";

ort.env.wasm.numThreads = 1;

await servePeer(async (command) => {
  const data = await readData(command);
  const model = await Deno.readFile(`${command.folder}/forest-${data.columns}.onnx`);
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return {
    score: async ({ rows, calls }) => {
      const next = stretches(data, rows);
      for (let i = 0; i < calls; i++) {
        await session.run({
          rows: new ort.Tensor("float32", next.next().value, [rows, data.columns]),
        });
      }
    },
  };
});
