import type { Algorithm, Fitted, Scorer } from "../algorithm.ts";
import { createByteWriter, openBytes } from "../bytes/mod.ts";
import { DEVICE_COLUMNS_MAX, deviceResiduals } from "../device/mod.ts";
import { checkBatch } from "../frame/mod.ts";
import { type Parameters, readParameters } from "../parameters.ts";
import { createStillnessWatch, movingColumns, stillnessLookback } from "./stillness.ts";

const NAME = "device_watch";
const VERSION = 1;

const PARAMETERS = {
  ...deviceResiduals.parameters,
  still_rows: {
    default: 10,
    min: 3,
    max: 10_000,
    integer: true,
    help: "Rows with one value from which a metric that never rested stands still",
  },
} as const;

/**
 * `deviceResiduals`, and beside it metrics that stand still: one that changed with nearly every
 * training row and then shows the same value for ten. A metric that is stuck is close to what is
 * expected of it, so residuals alone do not tell it. The greater of both counts.
 */
export const deviceWatch: Algorithm = {
  name: NAME,
  input: "series",
  source: `${deviceResiduals.source}; Zahumenský 2004 (sensors that are stuck)`,
  parameters: PARAMETERS,
  fit(rows, { parameters: given, ...options }) {
    const parameters = readParameters(PARAMETERS, given);
    const { still_rows: _, ...own } = parameters;
    const residuals = deviceResiduals.fit(rows, { ...options, parameters: own });
    return fittedOf({ parameters, residuals, moving: movingColumns(rows, parameters.still_rows) });
  },
  restore(bytes) {
    const reader = openBytes(bytes, { algorithm: NAME, version: VERSION, rules: PARAMETERS });
    const columnCount = reader.integer("columnCount", 1, DEVICE_COLUMNS_MAX);
    const moving = reader.bytes("moving", columnCount, { max: 1 });
    const residuals = deviceResiduals.restore(reader.bytes("residuals"));
    reader.end();
    if (residuals.columnCount !== columnCount) {
      reader.refuse("residuals", `have ${columnCount} columns`, residuals.columnCount);
    }
    return fittedOf({ parameters: reader.parameters, residuals, moving });
  },
};

interface Content {
  readonly parameters: Parameters<typeof PARAMETERS>;
  readonly residuals: Fitted;
  /** 1 for each column that never rests. */
  readonly moving: Uint8Array;
}

function fittedOf(content: Content): Fitted {
  const { parameters, residuals, moving } = content;
  const { columnCount, scale, alerts } = residuals;
  const lookbackRows = Math.max(
    residuals.lookbackRows,
    stillnessLookback(parameters.still_rows),
  );
  return {
    columnCount,
    lookbackRows,
    scale,
    alerts,
    open: () => openScorer(content),
    scoreBatch(rows) {
      checkBatch(rows, columnCount);
      const scorer = openScorer(content);
      return Float64Array.from(
        { length: rows.rowCount },
        (_, row) => scorer.push(rows.data.subarray(row * columnCount, (row + 1) * columnCount)),
      );
    },
    serialize() {
      const writer = createByteWriter({ algorithm: NAME, version: VERSION, parameters });
      writer.integer(columnCount);
      writer.bytes(moving);
      writer.bytes(residuals.serialize());
      return writer.finish();
    },
  };
}

function openScorer({ parameters, residuals, moving }: Content): Scorer {
  const own = residuals.open();
  const watch = createStillnessWatch(moving, parameters.still_rows);
  let stillness = 0;
  /** NaN stays: what stands still is known later than the rest. */
  const withStillness = (level: number) => level < stillness ? stillness : level;
  return {
    get alarm() {
      return withStillness(own.alarm!);
    },
    push(row) {
      const score = own.push(row);
      stillness = watch.push(row);
      return withStillness(score);
    },
    explain: () => own.alarm! < stillness ? watch.still.slice() : own.explain(),
    expected: () => own.expected!(),
  };
}
