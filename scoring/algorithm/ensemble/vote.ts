import type { AlertLevels } from "../algorithm.ts";

/**
 * How members become one score. "any", "majority" and "all" ask how many members alert, "rank" is the
 * weighted mean of the members' ranks, "surprise" that of their −ln(1 − rank), in which a member that
 * is sure counts more.
 */
export type Vote = typeof VOTES[number];

/** In the order of the numbers by which they are chosen. */
export const VOTES = ["any", "majority", "all", "rank", "surprise"] as const;

/** What one member says of a row. */
export interface Opinion {
  readonly rank: number;
  readonly surprise: number;
  /** Surprise over that from which the member alerts: it does from 1 on. */
  readonly pressure: number;
  readonly weight: number;
}

/** A row's score of all members' opinions, of which there is one at least. */
export function voteOf(vote: Vote, opinions: readonly Opinion[]): number {
  switch (vote) {
    case "any":
      return pressureOf(opinions, 1);
    case "majority":
      return pressureOf(opinions, Math.floor(opinions.length / 2) + 1);
    case "all":
      return pressureOf(opinions, opinions.length);
    case "rank":
      return weightedMean(opinions, ({ rank }) => rank);
    case "surprise":
      return weightedMean(opinions, ({ surprise }) => surprise);
  }
}

/** Votes that count alerts decide by themselves: so many members alert where the score is 1 or more. */
export function alertsOf(vote: Vote): AlertLevels | undefined {
  if (vote === "rank" || vote === "surprise") return undefined;
  return { threshold: BELOW_ONE, release: BELOW_ONE };
}

/** The number before 1, as an alert begins above its threshold. */
const BELOW_ONE = 0.9999999999999999;

/** The pressure that so many members have or exceed. */
function pressureOf(opinions: readonly Opinion[], members: number): number {
  const pressures = opinions.map(({ pressure }) => pressure).sort((left, right) => right - left);
  return pressures[members - 1];
}

function weightedMean(opinions: readonly Opinion[], of: (opinion: Opinion) => number): number {
  let sum = 0;
  let weights = 0;
  for (const opinion of opinions) {
    sum += opinion.weight * of(opinion);
    weights += opinion.weight;
  }
  return sum / weights;
}
