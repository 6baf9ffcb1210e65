import type { Matrix } from "../../forest/mod.ts";
import type { AlertLevels, Algorithm, Fitted, Scorer } from "../algorithm.ts";
import { type ByteReader, createByteWriter, openBytes } from "../bytes/mod.ts";
import { checkBatch, checkTraining, checkWidth } from "../frame/mod.ts";
import { type Parameters, readParameters } from "../parameters.ts";
import {
  createNeighbourWatch,
  fitNeighbourModel,
  isMostlySwitches,
  NEIGHBOUR_LOOKBACK,
  type NeighbourModel,
  readNeighbourModel,
  writeNeighbourModel,
} from "./neighbour/mod.ts";
import {
  createResidualWatch,
  fitResidualModel,
  readResidualModel,
  type ResidualModel,
  residualWatchLookback,
  writeResidualModel,
} from "./residual/mod.ts";
import { DAY_ROWS_MAX } from "./series/mod.ts";
import type { Watch } from "./watch.ts";

const NAME = "device_residuals";
const VERSION = 2;

/** Metrics of one device: the regression of each on all takes memory by their square. */
export const DEVICE_COLUMNS_MAX = 256;

/**
 * Where an alert begins, and where it ends: scores are made so that ½ is where one begins; an end
 * well below keeps one incident from becoming many.
 */
export const DEVICE_ALERT_LEVELS: AlertLevels = { threshold: 0.5, release: 0.45 };

const PARAMETERS = {
  day_rows: {
    default: 0,
    min: 0,
    max: DAY_ROWS_MAX,
    integer: true,
    help: "Rows of a day; 0 to take them from the time between rows, or find them in the data",
  },
} as const;

/**
 * How all metrics of a device together differ from what was expected of them: from a regression on
 * the rows just before, from what they and their differences from it were within an hour of the same
 * time of the days before, and from all that training had. The score fades after a peak and keeps an
 * average over about a hundred rows, so that short and long incidents rank alike; the alarm is what
 * two of three measures agree on, over its own median of two days, so that a lasting change becomes
 * usual.
 *
 * Where at least half of the columns were never anything but 0 or 1 in training, as switches and
 * commands do, the others are compared with windows of the training rows instead; of switches
 * nothing is expected, which is told as NaN.
 */
export const deviceResiduals: Algorithm = {
  name: NAME,
  input: "series",
  source: "Lütkepohl 2005 (vector autoregression); Mahalanobis 1936; Ledoit and Wolf 2004 " +
    "(shrinkage); Ramaswamy et al. 2000 (distance to the nearest)",
  parameters: PARAMETERS,
  fit(rows, { parameters: given, rowMs }) {
    const parameters = readParameters(PARAMETERS, given);
    checkTraining(rows);
    checkColumns(rows);
    return fittedOf(parameters, rows.columnCount, fitModel(rows, parameters, rowMs));
  },
  restore(bytes) {
    const reader = openBytes(bytes, { algorithm: NAME, version: VERSION, rules: PARAMETERS });
    const columnCount = reader.integer("columnCount", 1, DEVICE_COLUMNS_MAX);
    const model = readModel(reader, columnCount);
    reader.end();
    return fittedOf(reader.parameters, columnCount, model);
  },
};

type Model =
  | { readonly kind: "residuals"; readonly residuals: ResidualModel }
  | { readonly kind: "neighbours"; readonly neighbours: NeighbourModel };

/** In the order of their numbers in bytes. */
const KINDS: readonly Model["kind"][] = ["residuals", "neighbours"];

function checkColumns({ columnCount }: Matrix): void {
  if (columnCount <= DEVICE_COLUMNS_MAX) return;
  throw new RangeError(
    `Cannot fit ${NAME} as columnCount must be at most ${DEVICE_COLUMNS_MAX}: ` +
      `current value is ${columnCount}`,
  );
}

function fitModel(
  rows: Matrix,
  { day_rows: dayRows }: Parameters<typeof PARAMETERS>,
  rowMs: number | undefined,
): Model {
  return isMostlySwitches(rows)
    ? { kind: "neighbours", neighbours: fitNeighbourModel(rows) }
    : { kind: "residuals", residuals: fitResidualModel(rows, { dayRows, rowMs }) };
}

function readModel(reader: ByteReader<unknown>, columnCount: number): Model {
  const kind = KINDS[reader.integer("kind", 0, KINDS.length - 1)];
  return kind === "residuals"
    ? { kind, residuals: readResidualModel(reader, columnCount) }
    : { kind, neighbours: readNeighbourModel(reader, columnCount) };
}

function fittedOf(
  parameters: Parameters<typeof PARAMETERS>,
  columnCount: number,
  model: Model,
): Fitted {
  const createWatch = (): Watch =>
    model.kind === "residuals"
      ? createResidualWatch(model.residuals)
      : createNeighbourWatch(model.neighbours, columnCount);
  return {
    columnCount,
    lookbackRows: model.kind === "residuals"
      ? residualWatchLookback(model.residuals)
      : NEIGHBOUR_LOOKBACK,
    scale: "absolute",
    alerts: DEVICE_ALERT_LEVELS,
    open: () => scorerOf(createWatch(), columnCount),
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      const watch = createWatch();
      return Float64Array.from(
        { length: rows.rowCount },
        (_, row) => watch.push(rows.data.subarray(row * columnCount, (row + 1) * columnCount)),
      );
    },
    serialize: () => bytesOf(parameters, columnCount, model),
  };
}

function scorerOf(watch: Watch, columnCount: number): Scorer {
  return {
    get alarm() {
      return watch.alarm;
    },
    push(row) {
      checkWidth(row.length, columnCount);
      return watch.push(row);
    },
    explain: () => watch.explain(),
    expected: () => watch.expected(),
  };
}

function bytesOf(
  parameters: Parameters<typeof PARAMETERS>,
  columnCount: number,
  model: Model,
): Uint8Array<ArrayBuffer> {
  const writer = createByteWriter({ algorithm: NAME, version: VERSION, parameters });
  writer.integer(columnCount);
  writer.integer(KINDS.indexOf(model.kind));
  if (model.kind === "residuals") writeResidualModel(model.residuals, writer);
  else writeNeighbourModel(model.neighbours, writer);
  return writer.finish();
}
