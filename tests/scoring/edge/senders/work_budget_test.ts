import { assertEquals, assertRejects } from "@std/assert";
import { WorkBudget } from "../../../../scoring/edge/http/senders/work_budget.ts";
import { Problem } from "../../../../scoring/edge/wire/mod.ts";

Deno.test("what passes the budget is to be sent again, and taken once there is room", async () => {
  const budget = new WorkBudget(100);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = budget.run(60, () => promise);
  const error = await assertRejects(() => budget.run(41, () => Promise.resolve()), Problem);
  assertEquals([error.status, error.details.headers?.["retry-after"]], [503, "1"]);
  assertEquals(await budget.run(40, () => Promise.resolve("fits")), "fits");
  resolve("first");
  assertEquals(await first, "first");
  assertEquals(await budget.run(100, () => Promise.resolve("all")), "all");
});

Deno.test("a single body is taken however large, and a failure gives its room back", async () => {
  const budget = new WorkBudget(10);
  await assertRejects(() => budget.run(50, () => Promise.reject(new Error("bad"))), Error, "bad");
  assertEquals(await budget.run(50, () => Promise.resolve("taken")), "taken");
});
