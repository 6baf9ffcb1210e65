/** A value that is too long to be taken: its sample is poison to every request that holds it. */
const POISON = `poison{text="${"x".repeat(3_000)}"} 1\n`;

/** What a scraper scrapes: each answer counts one further, so that a sample lost or doubled shows. */
export interface ScrapeTarget extends AsyncDisposable {
  readonly port: number;
  /** Answers so far. */
  readonly scrapes: number;
  /** Answers 503 from now on. */
  stop(): void;
}

/** @param isPoisoned Adds a series that a receiver must refuse. */
export function startTarget({ isPoisoned = false } = {}): ScrapeTarget {
  let scrapes = 0;
  let isStopped = false;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    if (isStopped) return new Response(null, { status: 503 });
    scrapes++;
    const series = `scrapes_total{kind="real"} ${scrapes}\nlevel ${scrapes % 7}\nnothing NaN\n`;
    return new Response(series + (isPoisoned ? POISON : ""), {
      headers: { "content-type": "text/plain; version=0.0.4" },
    });
  });
  return {
    port: server.addr.port,
    get scrapes() {
      return scrapes;
    },
    stop: () => {
      isStopped = true;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Configuration of a scraper that asks the target five times a second. */
export function scrapeConfig(target: ScrapeTarget): string {
  return `
global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: test
    static_configs: [{ targets: ["127.0.0.1:${target.port}"], labels: { device: "boiler" } }]
`;
}
