/** What a user has, and the method for it; the reason speaks of the method, its figures follow. */
export interface Advice {
  readonly have: string;
  readonly take: string;
  readonly why: string;
}

/** Which one when, for people: the first that fits. */
export const ADVICE: readonly Advice[] = [
  {
    have: "Records without time, and no idea of what is odd in them",
    take: "consensus",
    why: "several views vote; what `deno task detect` takes by itself",
  },
  {
    have: "Records without time, very many, or a model that must be small",
    take: "isolation_forest",
    why: "quick to fit and to score, kilobytes large, explained by its paths",
  },
  {
    have: "Records whose columns go together",
    take: "robust_covariance",
    why: "a row can be odd though each of its columns is ordinary",
  },
  {
    have: "Records in groups of different density",
    take: "k_nearest_neighbours",
    why: "asks how far the nearest known rows are, wherever they lie",
  },
  {
    have: "Three methods that are often asked together",
    take: "trio",
    why: "forest, support vectors and local outlier factor; a preset of the same name",
  },
  {
    have: "One metric over time",
    take: "series_novelty",
    why: "asks what is new, not what is far; a detector's default for one metric",
  },
  {
    have: "A device with several metrics, and time in which all was well",
    take: "device_watch",
    why:
      "learns how the metrics move together, and which of them never rest; a detector's default for several",
  },
  {
    have: "A machine watched by the second",
    take: "level_shift",
    why: "sees that levels have moved; a detector's default below a minute",
  },
  {
    have: "A daily or weekly course that must be kept to",
    take: "stl",
    why: "parts season and trend from the rest, and tells what was expected",
  },
  {
    have: "A chart of three standard deviations, as people know it",
    take: "z_score",
    why: "each column by itself; `mad` where training rows hold anomalies, `ewma` over time",
  },
  {
    have: "A change of behaviour that is slow",
    take: "ewma",
    why: "weighs the last rows together, so that small shifts to one side become clear",
  },
  {
    have: "Limits that are known beforehand",
    take: "static_limits",
    why: "a rule, not a guess",
  },
  { have: "A sensor that may stand still", take: "flatline", why: "a rule on values that stay" },
  {
    have: "A sender that may fall silent",
    take: "missing_data",
    why: "a rule on values that lack",
  },
  {
    have: "A stream that changes for good, in a file",
    take: "half_space_trees",
    why: "goes on learning; `random_cut_forest` as well; no detector of the gateway may have them",
  },
];
