/** The bare Hono peer: parses the vector and answers a verdict that it has ready. */
import { Hono } from "hono";
import { serveSide } from "../side.ts";
import { KEY } from "./load.ts";

const ANSWER = {
  verdicts: [{
    score: 0.4065918403389771,
    threshold: 0.5799685202573607,
    isAnomaly: false,
    severity: null,
    tail: 0.9330004680875338,
    confidence: 0.06699953191246621,
    period: "any",
    modelPeriod: "any",
    contributions: [],
    modelId: "2f1c0f3a9a58d8b5c7f14a34fd1b0e4e2f1c0f3a9a58d8b5c7f14a34fd1b0e4e",
    settingVersion: 1,
  }],
  refused: [],
};

const app = new Hono();
app.post("/v1/score", async (c) => {
  const { vectors } = await c.req.json<{ vectors: number[][] }>();
  return vectors.length === 1 ? c.json(ANSWER) : c.json({ verdicts: [], refused: [] });
});
const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
const { addr } = Deno.serve(options, app.fetch);
// It looks at no key, but is sent the same bytes as the edge.
await serveSide(`http://127.0.0.1:${addr.port}`, KEY);
