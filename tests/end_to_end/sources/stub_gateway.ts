import type { AssignmentsDocument, SyncRequest } from "../../../scoring/edge/mod.ts";
import { FakeGateway } from "../../scoring/edge/fake_gateway.ts";

const METRIC = { category: "SYSTEM", minValue: null, maxValue: null };

/** Device "boiler" with the metrics "level" and "heat", and nothing that judges them. */
const DOCUMENT: AssignmentsDocument = {
  tenantId: "tenant-1",
  clockMode: "replay",
  devices: [{
    deviceId: "id-of-boiler",
    name: "boiler",
    latenessMs: 60_000,
    metrics: [
      { name: "level", metricId: "id-of-level", ...METRIC },
      { name: "heat", metricId: "id-of-heat", ...METRIC },
    ],
    assignments: [],
  }],
};

/** As much of a gateway over HTTP as an edge needs to know its devices and to send points. */
export interface StubGateway extends AsyncDisposable {
  readonly url: string;
  /** Values that the edge has sent, however often. */
  values(): Set<number>;
}

export function startStubGateway(): StubGateway {
  const gateway = new FakeGateway(DOCUMENT);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/edge/v1/assignments") return Response.json(DOCUMENT);
      if (pathname !== "/edge/v1/sync") return new Response(null, { status: 404 });
      return Response.json(await gateway.sync(await request.json() as SyncRequest));
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    values: () => new Set(gateway.items.flatMap(({ points }) => points.map(({ value }) => value))),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
