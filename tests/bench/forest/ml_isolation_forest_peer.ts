/** ml-isolation-forest, trained on 256 rows, as it does not subsample. */
import { IsolationForest } from "ml-isolation-forest";
import { readData, servePeer, stretches } from "./peer.ts";

await servePeer(async (command) => {
  const data = await readData(command);
  const rowsOf = (values: Float32Array) =>
    Array.from(
      { length: values.length / data.columns },
      (_, i) => [...values.subarray(i * data.columns, (i + 1) * data.columns)],
    );
  const forest = new IsolationForest({ nEstimators: 100 });
  forest.train(rowsOf(data.train.subarray(0, 256 * data.columns)));
  const batches = new Map<number, number[][][]>();
  return {
    // Batches are kept as it takes them: making arrays of arrays is not its work.
    score: ({ rows, calls }) => {
      const kept = batches.get(rows) ?? [];
      const next = stretches(data, rows);
      while (kept.length < calls) kept.push(rowsOf(next.next().value));
      batches.set(rows, kept);
      for (let i = 0; i < calls; i++) forest.predict(kept[i]);
    },
  };
});
