import {
  type CellReader,
  type Contract,
  type ContractCheck,
  ContractError,
  type ContractReport,
  DEFAULT_CONTRACT,
  openContractCheck,
  parseContract,
} from "../../scoring/contract/mod.ts";
import { isMissing, numberOf, type TimeKind, timeKindOf, timeOf } from "../detect/cell.ts";
import { readCsv, UsageError } from "../kit/mod.ts";

/**
 * Reads a CSV file once, row by row, and holds it against a contract.
 *
 * @throws {UsageError} when the file is not there or no CSV file with a header.
 */
export async function validate(path: string, contract: Contract): Promise<ContractReport> {
  let check: ContractCheck | undefined;
  for await (const records of readCsv(path)) {
    for (const { cells, line } of records) {
      if (check) check.push(cells, line);
      else check = openContractCheck(contract, cells, createCellReader());
    }
  }
  if (check) return check.report();
  throw new UsageError(`Cannot validate "${path}": it is empty, a header was wanted`);
}

/** @throws {UsageError} when the file is not there, not JSON or no contract. */
export async function readContract(path: string | undefined): Promise<Contract> {
  if (path === undefined) return DEFAULT_CONTRACT;
  try {
    return parseContract(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const isExpected = error instanceof ContractError || error instanceof SyntaxError ||
      error instanceof Deno.errors.NotFound;
    if (!isExpected) throw error;
    throw new UsageError(`Cannot read contract "${path}": ${error.message}`, { cause: error });
  }
}

/** What the first time of a file looks like decides how all are read. */
function createCellReader(): CellReader {
  let kind: TimeKind | undefined;
  return {
    isMissing,
    numberOf,
    timeOf(cell) {
      kind ??= timeKindOf(cell);
      return kind === undefined ? NaN : timeOf(cell, kind);
    },
  };
}
