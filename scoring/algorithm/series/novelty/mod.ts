/** Novelty of a single series against its own history, with a cool-down after each alert. */
export { NOVELTY_ALERT_SCORE, NOVELTY_SCORE_MIN, seriesNovelty } from "./series_novelty.ts";
