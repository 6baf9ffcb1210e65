import { assertEquals, assertRejects } from "@std/assert";
import { type FetchGuard, guardedFetch, OutgoingError } from "../../../api/outgoing/mod.ts";

const GUARD: FetchGuard = { deadlineMs: 20_000, bytesMax: 1_000, isPrivateAllowed: false };
const OPEN: FetchGuard = { ...GUARD, isPrivateAllowed: true };

async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  try {
    await use(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

async function codeOf(url: string, guard: FetchGuard): Promise<string> {
  return (await assertRejects(() => guardedFetch(url, {}, guard), OutgoingError)).code;
}

for (
  const url of [
    "http://127.0.0.1:9/",
    "http://2130706433:9/",
    "http://0x7f.1:9/",
    "http://0177.0.0.1:9/",
    "http://[::1]:9/",
    "http://[::ffff:127.0.0.1]:9/",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost:9/",
    "http://user@1.1.1.1/",
    "http://user:word@1.1.1.1/",
    "file:///etc/hosts",
    "gopher://1.1.1.1/",
    "not an address",
  ]
) {
  Deno.test(`${url} is refused before anything is asked`, async () =>
    assertEquals(await codeOf(url, GUARD), "ADDRESS_REFUSED"));
}

Deno.test("a name is refused when one of its addresses is private", async () => {
  const resolve = () => Promise.resolve(["1.1.1.1", "10.0.0.1"]);
  assertEquals(await codeOf("http://name.example/", { ...GUARD, resolve }), "ADDRESS_REFUSED");
});

Deno.test("the address that was checked is asked, by its name", () =>
  withServer(
    async (request) =>
      Response.json([request.headers.get("host"), request.method, await request.text()]),
    async (port) => {
      let resolved = 0;
      const resolve = () => {
        resolved++;
        return Promise.resolve(["127.0.0.1"]);
      };
      const { status, body } = await guardedFetch(
        `http://name.example:${port}/path?query`,
        { method: "POST", body: new TextEncoder().encode("text") },
        { ...OPEN, resolve },
      );
      assertEquals([status, resolved], [200, 1]);
      const told = JSON.parse(new TextDecoder().decode(body));
      assertEquals(told, [`name.example:${port}`, "POST", "text"]);
    },
  ));

Deno.test("a redirect is refused", () =>
  withServer(
    () => Response.redirect("http://169.254.169.254/"),
    async (port) =>
      assertEquals(await codeOf(`http://127.0.0.1:${port}/`, OPEN), "REDIRECT_REFUSED"),
  ));

for (
  const [what, body] of [
    ["declared", () => new Uint8Array(1_001)],
    [
      "endless",
      () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100)) }),
    ],
  ] as const
) {
  Deno.test(`an answer that is too large is refused: ${what}`, () =>
    withServer(
      () => new Response(body()),
      async (port) =>
        assertEquals(await codeOf(`http://127.0.0.1:${port}/`, OPEN), "ANSWER_TOO_LARGE"),
    ));
}

Deno.test("an answer that is late is given up, whether it begins or not", () =>
  withServer(
    ({ url }) =>
      url.endsWith("/begun")
        ? new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
        )
        : new Promise((resolve) => setTimeout(() => resolve(new Response()), 400)),
    async (port) => {
      const guard = { ...OPEN, deadlineMs: 200 };
      for (const path of ["begun", "never"]) {
        assertEquals(await codeOf(`http://127.0.0.1:${port}/${path}`, guard), "TOO_SLOW");
      }
    },
  ));

Deno.test("a host that is not there is told without what may be secret", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => guardedFetch(`http://127.0.0.1:${port}/secret?token=secret`, {}, OPEN),
    OutgoingError,
    `Cannot reach 127.0.0.1:${port}`,
  );
  assertEquals([error.code, error.message.includes("secret")], ["UNREACHABLE", false]);
});
