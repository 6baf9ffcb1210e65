import { SYNTHETIC_BUCKET_MS } from "../../scoring/synthetic/mod.ts";
import { tableText } from "../kit/mod.ts";
import type { FleetFigures } from "./measure.ts";
import type { SeedResult } from "./run.ts";

const HEAD = ["", "injections", "precision", "recall", "F1", "ROC-AUC", "delay min"];

/** A row for each seed and their mean, then a row for each kind over all seeds. */
export function reportText(results: readonly SeedResult[], mean: FleetFigures): string {
  const fleets = [
    ...results.map(({ seed, all }) => fleetRow(`seed ${seed}`, all)),
    fleetRow("mean", mean.all),
  ];
  const kinds = Object.entries(mean.kinds).map(([kind, one]) => [
    kind,
    String(Math.round(one.injections)),
    share(one.precision),
    share(one.recall),
    share(one.f1),
    share(one.auc),
    minutes(one.median_delay_minutes),
  ]);
  return [
    tableText(
      ["", "precision", "recall", "F1", "ROC-AUC", "false-positive rate", "delay min"],
      fleets,
    ),
    "",
    tableText(HEAD, kinds),
  ].join("\n");
}

function fleetRow(name: string, all: FleetFigures["all"]): string[] {
  return [
    name,
    share(all.incident_precision),
    share(all.incident_recall),
    share(all.incident_f1),
    share(all.auc),
    share(all.far),
    minutes((all.median_delay_rows ?? NaN) * SYNTHETIC_BUCKET_MS / 60_000),
  ];
}

function share(value: number | undefined): string {
  return Number.isFinite(value) ? value!.toFixed(3) : "-";
}

function minutes(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0) : "-";
}
