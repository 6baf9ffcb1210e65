import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AddressInUseError, serve } from "../../api/serve.ts";

const HOST = "127.0.0.1";

Deno.test("a taken port is refused, or the next free one is used where that is allowed", async () => {
  const first = serve(() => new Response("one"), { host: HOST, port: 0 });
  const { port } = first;
  assertThrows(
    () => serve(() => new Response(), { host: HOST, port }),
    AddressInUseError,
    `${HOST}:${port} is in use`,
  );
  const second = serve(() => new Response("two"), { host: HOST, port, nextPorts: 20 });
  assertEquals(await (await fetch(second.url)).text(), "two");
  await Promise.all([first.close(0), second.close(0)]);
});

Deno.test("close lets a request under way finish", async () => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const server = serve(async () => {
    started.resolve();
    await finish.promise;
    return new Response("done");
  }, { host: HOST, port: 0 });
  const answer = fetch(server.url);
  await started.promise;
  const closed = server.close(60_000);
  finish.resolve();
  assertEquals(await (await answer).text(), "done");
  await closed;
});

Deno.test("close cuts what is not finished by the end of the drain", async () => {
  const started = Promise.withResolvers<void>();
  const server = serve(() => {
    started.resolve();
    return new Promise(() => {});
  }, { host: HOST, port: 0 });
  const answer = assertRejects(() => fetch(server.url));
  await started.promise;
  await server.close(20);
  await answer;
});
