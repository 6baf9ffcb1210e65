import {
  type ColumnRule,
  type Contract,
  ContractError,
  parseContract,
} from "../../scoring/contract/mod.ts";
import type { ChangeDeps } from "../change.ts";
import { InvalidInputError } from "../errors.ts";
import { createMetric, loadMetricsByName, type Metric, updateMetric } from "../fleet/metrics.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change } from "../storage/write.ts";

/**
 * Gives the tenant's metrics the ranges of a contract as their bounds, so that ingestion holds what
 * `deno task validate` holds. A column of numbers is the metric of its name or, where there is none,
 * of its first alias that is one; else a metric is made. Metrics that have these bounds stay.
 *
 * @param value As `parseContract` takes it.
 * @returns The metrics of the contract's columns of numbers, in their order.
 * @throws {InvalidInputError} Also for a range with an open end, which bounds do not have.
 * @throws {QuotaExceededError}
 */
export async function applyContract(
  tenant: TenantDb,
  value: unknown,
  deps: ChangeDeps,
): Promise<Change<readonly Metric[]>> {
  const rules = boundedColumns(checkedContract(value));
  const names = rules.flatMap(({ name, aliases }) => [name, ...aliases]);
  const known = new Map(
    (await loadMetricsByName(tenant, names.map(normal))).map((metric) => [metric.name, metric]),
  );
  const changes: Change<Metric>[] = [];
  for (const { name, aliases, range } of rules) {
    const found = [name, ...aliases].map(normal).find((one) => known.has(one));
    const metric = found === undefined ? undefined : known.get(found);
    const bounds = { minValue: range.min ?? null, maxValue: range.max ?? null };
    changes.push(
      metric
        ? await bounded(tenant, metric, bounds, deps)
        : await createMetric(tenant, { name, ...bounds }, deps),
    );
  }
  return {
    subject: changes.map(({ subject }) => subject),
    write: { statements: changes.flatMap(({ write }) => write.statements) },
  };
}

interface Bounds {
  readonly minValue: number | null;
  readonly maxValue: number | null;
}

async function bounded(
  tenant: TenantDb,
  metric: Metric,
  bounds: Bounds,
  deps: ChangeDeps,
): Promise<Change<Metric>> {
  const isSame = metric.min_value === bounds.minValue && metric.max_value === bounds.maxValue;
  if (isSame) return { subject: metric, write: { statements: [] } };
  return await updateMetric(tenant, metric.id, bounds, deps);
}

function checkedContract(value: unknown): Contract {
  try {
    return parseContract(value);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const field = error.field === "contract" ? error.field : `contract.${error.field}`;
    throw new InvalidInputError(field, error.message);
  }
}

function boundedColumns({ columns, entity }: Contract): ColumnRule[] {
  columns.forEach(({ name, range }, index) => {
    if (!range.minOpen && !range.maxOpen) return;
    const said = `Cannot apply contract as bounds of metrics include their ends: ` +
      `the range of "${name}" does not`;
    throw new InvalidInputError(`contract.columns.${index}.range`, said);
  });
  return columns.filter(({ name, type }) =>
    name !== entity && (type === "number" || type === "integer")
  );
}

function normal(name: string): string {
  return name.normalize("NFC");
}
