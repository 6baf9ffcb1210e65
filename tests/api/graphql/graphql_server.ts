import { addEstate, openGateway, type TestGatewayOptions } from "./graphql_fixture.ts";

/** A gateway that listens, with one estate and a viewer's key. */
export async function openServer(options: TestGatewayOptions = {}) {
  const gateway = await openGateway(options);
  const estate = await addEstate(gateway.db, "acme");
  const key = await gateway.keyOf(estate.tenant, "viewer");
  const abort = new AbortController();
  const requests: Request[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, signal: abort.signal },
    (request) => {
      requests.push(request);
      return gateway.handle(request);
    },
  );
  return {
    gateway,
    estate,
    key,
    requests,
    url: `http://127.0.0.1:${server.addr.port}/graphql`,
    async [Symbol.asyncDispose]() {
      gateway.server.close();
      abort.abort();
      await server.finished;
      await gateway[Symbol.asyncDispose]();
    },
  };
}
