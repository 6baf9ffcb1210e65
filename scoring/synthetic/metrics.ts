/** What a made-up device measures, and how it behaves. Pairs are bounds from which a device draws. */
export interface SyntheticMetric {
  readonly name: string;
  readonly kind: "gauge" | "counter";
  /** Level without load. */
  readonly base: readonly [number, number];
  /** Added at the greatest load. */
  readonly loadGain: readonly [number, number];
  /** Added each day. */
  readonly trendPerDay: readonly [number, number];
  /** Rows over which it follows the load; 1 where at once. */
  readonly inertiaRows: number;
  readonly noise: MetricNoise;
  readonly min: number;
  readonly max: number;
  /** Decimals that are told. */
  readonly decimals: number;
}

/** Noise of unit variance goes through this. */
export interface MetricNoise {
  /** Added in the metric's unit, as a share of its level, or as a factor that is never below 0. */
  readonly form: "additive" | "relative" | "skewed";
  readonly deviation: readonly [number, number];
  /** Correlation of one row with the next. */
  readonly persistence: number;
  /** Correlation with what all metrics of the device share. */
  readonly shared: number;
}

const NONE = [0, 0] as const;

/** The seven metrics of every device, in the order of their columns; counters count per second. */
export const SYNTHETIC_METRICS: readonly SyntheticMetric[] = [
  {
    name: "cpu_percent",
    kind: "gauge",
    base: [10, 25],
    loadGain: [30, 50],
    trendPerDay: NONE,
    inertiaRows: 1,
    noise: { form: "additive", deviation: [2, 3.5], persistence: 0.7, shared: 0.6 },
    min: 0,
    max: 100,
    decimals: 2,
  },
  {
    name: "memory_percent",
    kind: "gauge",
    base: [35, 55],
    loadGain: [6, 12],
    trendPerDay: [0.05, 0.2],
    inertiaRows: 12,
    noise: { form: "additive", deviation: [0.6, 1.2], persistence: 0.9, shared: 0.2 },
    min: 0,
    max: 100,
    decimals: 2,
  },
  {
    name: "disk_percent",
    kind: "gauge",
    base: [30, 50],
    loadGain: NONE,
    trendPerDay: [0.1, 0.4],
    inertiaRows: 1,
    noise: { form: "additive", deviation: [0.15, 0.3], persistence: 0.8, shared: 0 },
    min: 0,
    max: 100,
    decimals: 3,
  },
  {
    name: "network_bytes_total",
    kind: "counter",
    base: [2e5, 6e5],
    loadGain: [2e6, 5e6],
    trendPerDay: NONE,
    inertiaRows: 1,
    noise: { form: "relative", deviation: [0.05, 0.1], persistence: 0.6, shared: 0.7 },
    min: 0,
    max: Infinity,
    decimals: 0,
  },
  {
    name: "requests_per_second",
    kind: "gauge",
    base: [5, 15],
    loadGain: [80, 250],
    trendPerDay: NONE,
    inertiaRows: 1,
    noise: { form: "relative", deviation: [0.05, 0.08], persistence: 0.6, shared: 0.8 },
    min: 0,
    max: Infinity,
    decimals: 2,
  },
  {
    name: "response_p95_ms",
    kind: "gauge",
    base: [60, 120],
    loadGain: [30, 80],
    trendPerDay: NONE,
    inertiaRows: 1,
    noise: { form: "skewed", deviation: [0.06, 0.1], persistence: 0.5, shared: 0.5 },
    min: 0,
    max: Infinity,
    decimals: 2,
  },
  {
    name: "temperature_celsius",
    kind: "gauge",
    base: [38, 46],
    loadGain: [8, 14],
    trendPerDay: NONE,
    inertiaRows: 6,
    noise: { form: "additive", deviation: [0.4, 0.7], persistence: 0.9, shared: 0.3 },
    min: -40,
    max: 125,
    decimals: 2,
  },
];
