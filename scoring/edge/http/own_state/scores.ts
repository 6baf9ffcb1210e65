/** The newest verdict of a detector on a device. */
export interface CurrentScore {
  /** The tenant's own names. */
  readonly device: string;
  readonly detector: string;
  /** Start of the bucket judged, ms. */
  readonly at: number;
  readonly score: number;
  readonly threshold: number;
  /** What the metrics were expected to be, where the model knows it. */
  readonly bands: readonly ExpectedBand[];
}

/** Range in which a metric's level is normal, in its own unit. */
export interface ExpectedBand {
  readonly metric: string;
  readonly low: number;
  readonly high: number;
}

/** What an edge tells of its scores. */
export interface CurrentScores {
  readonly scores: readonly CurrentScore[];
  /** Detectors on devices that are left out, so that a fleet cannot flood a monitor. */
  readonly leftOut: number;
}

/** Scores in Prometheus' text exposition, on a scale where more than 1 is an anomaly. */
export function renderScores({ scores, leftOut }: CurrentScores): string {
  const sampled = (read: (score: CurrentScore) => number) =>
    scores.map((one) => ({
      labels: { device: one.device, detector: one.detector },
      value: read(one),
    }));
  const banded = (read: (band: ExpectedBand) => number) =>
    scores.flatMap(({ device, detector, bands }) =>
      bands.map((band) => ({
        labels: { device, detector, metric: band.metric },
        value: read(band),
      }))
    );
  const ratio = sampled(({ score, threshold }) => score / threshold);
  const seconds = sampled(({ at }) => at / 1_000);
  return [
    family("treeline_score", "Score over its threshold: above 1 is an anomaly", ratio),
    family("treeline_score_bucket_seconds", "Start of the bucket judged, Unix time", seconds),
    family("treeline_expected_low", "Lower end of what is normal", banded(({ low }) => low)),
    family("treeline_expected_high", "Upper end of what is normal", banded(({ high }) => high)),
    `# HELP treeline_scores_left_out Scores beyond the limit of series\n` +
    `# TYPE treeline_scores_left_out gauge\ntreeline_scores_left_out ${leftOut}\n`,
  ].join("");
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function family(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}{${pairs.join(",")}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

/** As the exposition format wants a label's value. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
