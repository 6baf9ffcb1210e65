/** A page in a real Chromium, served by this process, that is gone after its use. */
const DEFAULT_BINARY = "/usr/bin/chromium";

/** The binary: as CHROMIUM says, else Debian's. */
export const chromiumBinary: string | undefined = findBinary();

/** No sandbox, as tests may run as root; nothing that would reach for the network. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PAGE = `<!doctype html><title>Treeline</title><script type="module" src="main.js"></script>`;

/**
 * Opens a page whose module is `main.js` of a folder and gives what that posts to `output`; it may
 * import its neighbours and fetch them.
 *
 * @throws {Error} When the page does.
 */
export async function answerOfPage(binary: string, folder: string): Promise<Uint8Array> {
  // Only here, so that other tests run where the package has not been fetched.
  const { chromium } = await import("npm:playwright-core@1.65.1");
  const { promise: output, resolve, reject } = Promise.withResolvers<Uint8Array>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answerRequest(request, folder, resolve),
  );
  const browser = await chromium.launch({ executablePath: binary, args: ARGS });
  try {
    const page = await browser.newPage();
    page.on("pageerror", reject);
    await page.goto(`http://127.0.0.1:${server.addr.port}/`);
    return await output;
  } finally {
    await browser.close();
  }
}

async function answerRequest(
  request: Request,
  folder: string,
  resolve: (output: Uint8Array) => void,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return new Response(PAGE, { headers: { "content-type": "text/html" } });
  if (pathname === "/output") {
    resolve(await request.bytes());
    return new Response(null, { status: 204 });
  }
  try {
    const type = pathname.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    const bytes = await Deno.readFile(folder + pathname);
    return new Response(bytes, { headers: { "content-type": type } });
  } catch {
    return new Response(null, { status: 404 });
  }
}

function findBinary(): string | undefined {
  const path = Deno.env.get("CHROMIUM") ?? DEFAULT_BINARY;
  try {
    return Deno.statSync(path).isFile ? path : undefined;
  } catch {
    return undefined;
  }
}
