/** Serves the example of docs/custom_algorithm.md over HTTP, and answers that are wrong. */
import { algorithm } from "../../../docs/examples/nearest_mean.ts";
import { matrixOf } from "../../scoring/algorithm/rows.ts";

type Row = (number | null)[];
interface Asked {
  readonly method: "describe" | "fit" | "score" | "explain";
  readonly rows: Row[];
  readonly row: Row;
  readonly seed: number;
  readonly parameters: Record<string, number>;
  readonly model: string;
}

const rowsOf = (rows: Row[]) => matrixOf(rows.map((row) => row.map((value) => value ?? NaN)));
const restored = (model: string) => algorithm.restore(new TextEncoder().encode(model));

const ANSWERS = {
  describe: () => ({
    name: "remote_mean",
    source: "a test",
    parameters: algorithm.parameters,
  }),
  fit({ rows, seed, parameters }: Asked) {
    const fitted = algorithm.fit(rowsOf(rows), { seed, parameters });
    return { model: new TextDecoder().decode(fitted.serialize()), scale: fitted.scale };
  },
  score: ({ model, rows }: Asked) => ({
    scores: [...restored(model).scoreBatch(rowsOf(rows))],
  }),
  explain({ model, row }: Asked) {
    const scorer = restored(model).open();
    scorer.push(rowsOf([row]).data);
    return { parts: [...scorer.explain()] };
  },
};

const WRONG: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "/redirect": () => Response.redirect("http://127.0.0.1/"),
  "/error": () => new Response(null, { status: 500 }),
  "/text": () => new Response("text"),
  "/large": () => new Response(" ".repeat(1001)),
  "/late": () => new Promise(() => {}),
};

Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => (self as unknown as Worker).postMessage(port),
}, async (request) => {
  const wrong = WRONG[new URL(request.url).pathname];
  if (wrong) return await wrong();
  const asked: Asked = await request.json();
  return Response.json(ANSWERS[asked.method](asked));
});
