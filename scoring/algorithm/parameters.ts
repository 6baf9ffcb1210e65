import type { ParameterRule } from "./algorithm.ts";

/** The parameters of a method: what was given, and defaults for the rest, in the order of rules. */
export type Parameters<Rules> = { readonly [Name in keyof Rules]: number };

/** @throws {RangeError} Naming a parameter that is unknown or out of its range. */
export function readParameters<Rules extends Readonly<Record<string, ParameterRule>>>(
  rules: Rules,
  given: Readonly<Record<string, number>> = {},
): Parameters<Rules> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules).join(", ") || "none";
      throw new RangeError(`Cannot take parameter ${name} as it is not known: known are ${known}`);
    }
  }
  const parameters: Record<string, number> = {};
  for (const [name, rule] of Object.entries(rules)) {
    parameters[name] = checked(name, rule, given[name] ?? rule.default);
  }
  return parameters as Parameters<Rules>;
}

function checked(name: string, { min, max, integer = false }: ParameterRule, value: number) {
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? "an integer" : "a number";
  throw new RangeError(
    `Cannot take parameter ${name} as it must be ${kind} in [${min}, ${max}]: ` +
      `current value is ${value}`,
  );
}
