export type { BodyLimits } from "./body_limits.ts";
export { type BodyOptions, readBody } from "./read_body.ts";
export { type BudgetShare, WorkBudget } from "./work_budget.ts";
