import { DEFAULT_CONTRACT } from "../scoring/contract/mod.ts";
import { EXIT, runTask, UsageError } from "./kit/mod.ts";
import { readContract, validate } from "./validate/run.ts";
import { reportText } from "./validate/text.ts";

const TASK = {
  name: "validate",
  summary:
    "Holds a CSV file against a data contract: exit code 0 where it passes, 1 where it fails.",
  operands: "FILE",
  flags: {
    contract: {
      kind: "text",
      placeholder: "FILE",
      help: `JSON file of the contract; the one that ships is of columns ${
        DEFAULT_CONTRACT.columns.filter(({ required }) => required).map(({ name }) => name)
          .join(", ")
      }`,
    },
    "print-contract": { kind: "switch", help: "Print the contract as JSON and check nothing" },
    json: { kind: "switch", help: "One JSON object on stdout, all else on stderr" },
  },
  examples: [
    "deno task validate -- telemetry.csv",
    "deno task validate -- telemetry.csv.gz --contract plant.json --json > report.json",
    "deno task validate -- --print-contract > contract.json",
  ],
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags, operands, output }) => {
    const contract = await readContract(flags.contract);
    if (flags["print-contract"]) {
      output.line(JSON.stringify(contract, null, 2));
      return EXIT.ok;
    }
    if (operands.length !== 1) {
      throw new UsageError(`Cannot validate ${operands.length} files: one is wanted`);
    }
    const report = await validate(operands[0], contract);
    output.line(reportText(report));
    output.result(report);
    return report.passed ? EXIT.ok : EXIT.failedCheck;
  });
}
