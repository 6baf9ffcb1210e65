/** `IsolationForest.score_samples` of scikit-learn for an anomalyScore: higher is better there. */
export function sklearnScoreSamples(score: number): number {
  return -score;
}

/** `IsolationForest.decision_function` of scikit-learn: negative past the threshold. */
export function sklearnDecision(threshold: number, score: number): number {
  return threshold - score;
}
