import {
  COLUMN_TYPES,
  type ColumnRule,
  type Contract,
  CONTRACT_COLUMNS_MAX,
  TIME_ORDERS,
} from "./contract.ts";
import type { ValueRange } from "./range.ts";

/** A contract that cannot be taken. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  constructor(
    /** Path of the value, as "columns.2.range.min". */
    readonly field: string,
    wanted: string,
    found: unknown,
  ) {
    super(`Cannot take contract as ${field} must be ${wanted}: found ${textOf(found)}`);
  }
}

const NAME_LENGTH_MAX = 200;
const ALIASES_MAX = 32;
const VIOLATION_SHARE_MAX_DEFAULT = 0.05;

/**
 * A contract from JSON; what is left out is: columns are required numbers of any range whose cells may
 * not be missing, times ascend, 5 % of the rows may have a violation, and there is at least one row.
 *
 * @throws {ContractError} Naming the field that is unknown, missing or not of its type.
 */
export function parseContract(value: unknown): Contract {
  const contract = objectAt("contract", value, [
    "name",
    "columns",
    "entity",
    "timeOrder",
    "violationShareMax",
    "rowsMin",
  ]);
  const columns = listAt("columns", contract.columns, CONTRACT_COLUMNS_MAX)
    .map((column, index) => columnAt(`columns.${index}`, column));
  if (columns.length === 0) throw new ContractError("columns", "a list of at least one", "none");
  checkNames(columns);
  return {
    name: nameAt("name", contract.name ?? "contract"),
    columns,
    entity: entityOf(contract.entity, columns),
    timeOrder: choiceAt("timeOrder", contract.timeOrder ?? "ascending", TIME_ORDERS),
    violationShareMax: numberAt(
      "violationShareMax",
      contract.violationShareMax ?? VIOLATION_SHARE_MAX_DEFAULT,
      { min: 0, max: 1 },
    ),
    rowsMin: integerAt("rowsMin", contract.rowsMin ?? 1),
  };
}

function columnAt(field: string, value: unknown): ColumnRule {
  const known = ["name", "aliases", "type", "required", "missingAllowed", "range"];
  const column = objectAt(field, value, known);
  return {
    name: nameAt(`${field}.name`, column.name),
    aliases: listAt(`${field}.aliases`, column.aliases ?? [], ALIASES_MAX)
      .map((alias, index) => nameAt(`${field}.aliases.${index}`, alias)),
    type: choiceAt(`${field}.type`, column.type ?? "number", COLUMN_TYPES),
    required: flagAt(`${field}.required`, column.required ?? true),
    missingAllowed: flagAt(`${field}.missingAllowed`, column.missingAllowed ?? false),
    range: rangeAt(`${field}.range`, column.range ?? {}),
  };
}

function rangeAt(field: string, value: unknown): ValueRange {
  const { min, max, minOpen, maxOpen } = objectAt(field, value, [
    "min",
    "max",
    "minOpen",
    "maxOpen",
  ]);
  const range = {
    ...(min !== undefined && { min: numberAt(`${field}.min`, min) }),
    ...(max !== undefined && { max: numberAt(`${field}.max`, max) }),
    ...(minOpen !== undefined && { minOpen: flagAt(`${field}.minOpen`, minOpen) }),
    ...(maxOpen !== undefined && { maxOpen: flagAt(`${field}.maxOpen`, maxOpen) }),
  };
  if (range.min !== undefined && range.max !== undefined && range.min > range.max) {
    throw new ContractError(`${field}.max`, `at least min ${range.min}`, max);
  }
  return range;
}

/** Aliases are names, too: a file's column belongs to one rule. */
function checkNames(columns: readonly ColumnRule[]): void {
  const seen = new Set<string>();
  columns.forEach(({ name, aliases }, index) => {
    for (const one of [name, ...aliases]) {
      if (seen.has(one)) throw new ContractError(`columns.${index}`, "named once", one);
      seen.add(one);
    }
  });
}

function entityOf(value: unknown, columns: readonly ColumnRule[]): string | undefined {
  if (value === undefined) return undefined;
  const entity = nameAt("entity", value);
  if (columns.some(({ name }) => name === entity)) return entity;
  throw new ContractError("entity", "the name of a column", entity);
}

function objectAt(
  field: string,
  value: unknown,
  known: readonly string[],
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ContractError(field, "an object", value);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return value as Record<string, unknown>;
  throw new ContractError(`${field}.${unknown}`, `one of ${known.join(", ")}`, unknown);
}

function listAt(field: string, value: unknown, lengthMax: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= lengthMax) return value;
  const found = Array.isArray(value) ? `${value.length} of them` : value;
  throw new ContractError(field, `a list of at most ${lengthMax}`, found);
}

function nameAt(field: string, value: unknown): string {
  if (typeof value === "string" && value.length >= 1 && value.length <= NAME_LENGTH_MAX) {
    return value;
  }
  throw new ContractError(field, `a text of 1 to ${NAME_LENGTH_MAX} characters`, value);
}

function choiceAt<T extends string>(field: string, value: unknown, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new ContractError(field, `one of ${choices.join(", ")}`, value);
}

function flagAt(field: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ContractError(field, "true or false", value);
}

function numberAt(
  field: string,
  value: unknown,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {},
): number {
  if (Number.isFinite(value) && (value as number) >= min && (value as number) <= max) {
    return value as number;
  }
  const wanted = min === -Infinity ? "a finite number" : `a number from ${min} to ${max}`;
  throw new ContractError(field, wanted, value);
}

function integerAt(field: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new ContractError(field, "a whole number from 0", value);
}

function textOf(found: unknown): string {
  return (JSON.stringify(found) ?? "nothing").slice(0, 80);
}
