import { assert, assertEquals } from "@std/assert";
import { numberTicks, timeLabel } from "../../../scripts/detect/report/axis.ts";
import { reportHtml } from "../../../scripts/detect/report/mod.ts";
import { chromiumBinary } from "../../runtimes/chromium.ts";
import { detectIn, payments, pump } from "./samples.ts";

/** Names and values that would run, or break the page, where they are not escaped. */
const ATTACK =
  `</script><script>document.title='run'</script><img src=x onerror="document.title='run'">'`;

function attacked(): string {
  const quoted = `"${ATTACK.replaceAll('"', '""')}"`;
  return payments(500, `amount,${quoted}`).replace("900,XX", `900,${quoted}`);
}

Deno.test("a report says what was found, with a plot, the parts and the facts", async () => {
  const html = reportHtml(await detectIn({ data: pump() }));
  for (
    const part of [
      "Anomalies in data.csv",
      "1 anomaly over",
      "level_shift, as there are several metrics over time",
      "threshold 0.",
      "trained on",
      "<figcaption>flow</figcaption>",
      'id="anomaly-1"',
      'href="#anomaly-1"',
      "2026-01-05 10:10:0",
      "window_rows 10",
      "<dt>Seed</dt><dd>1</dd>",
    ]
  ) assert(html.includes(part), part);
});

Deno.test("a report is one file that reaches for nothing", async () => {
  const html = reportHtml(await detectIn({ data: payments() }));
  assert(!/(?:src|href)="(?!#)/.test(html));
  assert(!/url\(|@import|https?:/.test(html));
  assert(html.includes("default-src 'none'"));
});

Deno.test("a report holds names and values as text, whatever they are", async () => {
  const html = reportHtml(await detectIn({ data: attacked() }));
  assertEquals(html.match(/<script/g)?.length, 1);
  assert(!html.includes("<img"));
  assert(html.includes("&lt;img src=x onerror=&quot;"));
});

Deno.test("a report without an anomaly says so", async () => {
  const detector = { algorithm: "distance", threshold: 0.999 };
  const html = reportHtml(await detectIn({ data: payments(), detector }));
  assert(html.includes("0 anomalies among 500 rows judged"));
  assert(html.includes("No row passed the threshold."));
});

Deno.test("a report has its numbers finite, also of columns that are constant or empty", async () => {
  const rows = Array.from({ length: 50 }, (_, row) => `5,${row % 10},${row < 25 ? "" : 1e30}`);
  const html = reportHtml(await detectIn({ data: ["a,b,c", ...rows].join("\n") }));
  assertEquals(html.match(/="[^"]*(?:NaN|Infinity)[^"]*"/g), null);
});

for (
  const [least, greatest, count, expected] of [
    [0, 1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [-3, 17, 4, ["0", "5", "10", "15"]],
    [0.041, 0.049, 4, ["0.042", "0.044", "0.046", "0.048"]],
    [0, 5000, 5, ["0", "1000", "2000", "3000", "4000", "5000"]],
    [0, 2e7, 2, ["0", "1.0e+7", "2.0e+7"]],
  ] as const
) {
  Deno.test(`an axis from ${least} to ${greatest} has round ticks`, () =>
    assertEquals(numberTicks(least, greatest, count).map(({ label }) => label), [...expected]));
}

Deno.test("times on an axis are told as precisely as its length needs", () => {
  const at = Date.UTC(2026, 0, 5, 10, 20, 30);
  const labels = [60_000, 3_600_000, 5 * 86_400_000, 90 * 86_400_000].map((span) =>
    timeLabel(at, span)
  );
  assertEquals(labels, ["10:20:30", "10:20", "01-05 10:20", "2026-01-05"]);
});

if (!chromiumBinary) console.log("report_test.ts: Chromium is not there; the page is not opened");

Deno.test({
  name: "a report opens offline, runs nothing of its data, sorts, and is used by keys",
  ignore: !chromiumBinary,
  // The browser's own processes end a moment after it.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { chromium } = await import("npm:playwright-core@1.65.1");
    const detector = { algorithm: "distance", contamination: 0.02 };
    const html = reportHtml(await detectIn({ data: attacked(), detector }));
    const path = await Deno.makeTempFile({ suffix: ".html" });
    await Deno.writeTextFile(path, html);
    const browser = await chromium.launch({
      executablePath: chromiumBinary,
      args: ["--no-sandbox"],
    });
    try {
      const context = await browser.newContext({ offline: true });
      const page = await context.newPage();
      const errors: string[] = [];
      const requests: string[] = [];
      page.on("pageerror", (error: Error) => errors.push(error.message));
      page.on("console", (message: { text(): string }) => errors.push(message.text()));
      page.on("request", (request: { url(): string }) => requests.push(request.url()));
      await page.goto(`file://${path}`);
      assertEquals(await page.title(), "Anomalies in data.csv");
      assertEquals(await page.locator("img").count(), 0);

      const rows = () => page.locator("tbody tr[id] td:first-child").allTextContents();
      const byScore = await rows();
      await page.getByRole("button", { name: "Row", exact: true }).focus();
      await page.keyboard.press("Enter");
      assertEquals(await rows(), byScore.toSorted((left, right) => Number(left) - Number(right)));
      await page.keyboard.press("Enter");
      assertEquals(await rows(), byScore.toSorted((left, right) => Number(right) - Number(left)));

      await page.locator("svg a").first().focus();
      await page.keyboard.press("Enter");
      assertEquals(await page.evaluate("location.hash"), "#anomaly-1");
      assertEquals(await page.locator("#anomaly-1.lit").count(), 1);

      const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
      const before = await background();
      await page.getByRole("button", { name: "Light or dark" }).click();
      assert(await background() !== before);
      assertEquals([errors, requests.length], [[], 1]);
    } finally {
      await browser.close();
      await Deno.remove(path);
    }
  },
});
