import { makeFleet } from "../../scoring/synthetic/mod.ts";
import { type DetectionChoice, scoreByProduct } from "../evaluate/product.ts";
import { type FleetFolder, openFleetFolder } from "./folder.ts";
import { type FleetFigures, measureFleet, type ScoredDevice } from "./measure.ts";
import { kindRangesOf, subjectOf } from "./subject.ts";

/** Seed with which detectors are fitted; as the default of `deno task evaluate`. */
const FIT_SEED = 1;

export interface SyntheticOptions {
  /** Of the fleets that are made. */
  readonly seeds: readonly number[];
  readonly deviceCount: number;
  readonly days: number;
  readonly trainingDays: number;
  readonly choice: DetectionChoice;
  /** Folder for the fleets' files; none are written where undefined. */
  readonly out: string | undefined;
  readonly onScored: (seed: number, device: string) => void;
}

/** What one fleet has given. */
export interface SeedResult extends FleetFigures {
  readonly seed: number;
}

/** Makes a fleet for each seed, lets the product watch it and measures what it found. */
export async function runSynthetic(options: SyntheticOptions): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  for (const seed of options.seeds) {
    const folder = options.out === undefined
      ? undefined
      : await openFleetFolder(`${options.out}/synthetic_${seed}`);
    results.push({ seed, ...measureFleet(await watchFleet(seed, options, folder)) });
    await folder?.finish();
  }
  return results;
}

async function watchFleet(
  seed: number,
  { deviceCount, days, trainingDays, choice, onScored }: SyntheticOptions,
  folder: FleetFolder | undefined,
): Promise<ScoredDevice[]> {
  const scored: ScoredDevice[] = [];
  for (const device of makeFleet({ seed, days, trainingDays }, deviceCount)) {
    await folder?.write(device);
    scored.push({
      scored: scoreByProduct(subjectOf(device), FIT_SEED, choice),
      ranges: kindRangesOf(device, device.trainingRows),
    });
    onScored(seed, device.device);
  }
  return scored;
}

/** Mean of each figure over the seeds in which it is defined. */
export function meanOver(results: readonly SeedResult[]): FleetFigures {
  const kinds = Object.keys(results[0].kinds);
  return {
    all: meanOf(results.map(({ all }) => all)),
    kinds: Object.fromEntries(
      kinds.map((kind) => [kind, meanOf(results.map((result) => result.kinds[kind]))]),
    ),
  };
}

function meanOf<T extends object>(figures: readonly T[]): T {
  const names = Object.keys(figures[0]) as (keyof T)[];
  return Object.fromEntries(names.map((name) => {
    const values = figures.map((one) => Number(one[name])).filter(Number.isFinite);
    return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
  })) as T;
}
