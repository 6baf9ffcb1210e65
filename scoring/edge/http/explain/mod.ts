/** Why a verdict is as it is: in words, in parts, and by what would change it. */
export {
  checkExplainedRows,
  checkExplains,
  explained,
  type ExplainedVerdict,
  isSlow,
} from "./explained_verdict.ts";
export { bandOf, explanationOf } from "./explanation.ts";
export { SCORE_ANSWER_EXAMPLE, SCORE_PARAMETERS, SCORE_REQUEST_EXAMPLES } from "./openapi.ts";
