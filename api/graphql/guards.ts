import { complexityFromQuery } from "@pothos/plugin-complexity";
import {
  type ExecutionArgs,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  validate,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { check, checkDocument, checkText, COST_MAX, ERRORS_MAX } from "./limits.ts";
import { toGraphQLError } from "./errors.ts";

export interface GuardOptions {
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  readonly report: (error: unknown) => void;
}

/** Refuses documents that cost too much to parse, to validate or to run, each before it is done. */
export function useGuards({ introspection, report }: GuardOptions): Plugin {
  return {
    onParse({ params: { source } }) {
      checkText(typeof source === "string" ? source : source.body);
      return ({ result }) => {
        if (result && "definitions" in result) checkDocument(result);
      };
    },
    onValidate({ addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { maxErrors: ERRORS_MAX, hideSuggestions: true })
      );
      return ({ valid, result, setResult }) => {
        if (valid) return;
        setResult(
          result.map((error) => toGraphQLError(error, report, "GRAPHQL_VALIDATION_FAILED")),
        );
      };
    },
    onExecute({ args, setResultAndStopExecution }) {
      try {
        checkCost(args);
      } catch (error) {
        setResultAndStopExecution({ errors: [toGraphQLError(error, report)] });
      }
    },
  };
}

/**
 * Refuses an operation by what it may cost at most with its variables.
 *
 * @throws {LimitError} @throws {GraphQLError} When the variables do not fit.
 */
export function checkCost(
  { document, operationName, schema, variableValues }: ExecutionArgs,
): void {
  const operation = getOperationAST(document, operationName);
  // Without an operation there is nothing to run, which the executor says.
  if (!operation) return;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const { complexity } = complexityFromQuery(
    { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] },
    { schema, variables: { ...variableValues } },
  );
  check("COST_MAX", COST_MAX, complexity);
}
