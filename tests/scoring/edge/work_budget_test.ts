import { assertEquals, assertRejects } from "@std/assert";
import { Problem, WorkBudget } from "../../../scoring/edge/wire/mod.ts";

Deno.test("what passes the budget is to be sent again, and taken once there is room", async () => {
  const budget = new WorkBudget(100);
  const { promise, resolve } = Promise.withResolvers<string>();
  const taking = (bytes: number, result: Promise<string>) =>
    budget.run((share) => {
      share.use(bytes);
      return result;
    });
  const first = taking(60, promise);
  const error = await assertRejects(() => taking(41, Promise.resolve("")), Problem);
  assertEquals([error.status, error.details.headers?.["retry-after"]], [503, "1"]);
  assertEquals(await taking(40, Promise.resolve("fits")), "fits");
  resolve("first");
  assertEquals(await first, "first");
  assertEquals(await taking(100, Promise.resolve("all")), "all");
});

Deno.test("a single body is taken however large, and a failure gives its room back", async () => {
  const budget = new WorkBudget(10);
  const failed = budget.run((share) => {
    share.use(5);
    share.use(45);
    return Promise.reject(new Error("bad"));
  });
  await assertRejects(() => failed, Error, "bad");
  await budget.run((share) => Promise.resolve(share.use(10)));
});

Deno.test("buffers of a body are given back when the work on it is over", async () => {
  const { buffer } = new Uint8Array(8);
  await new WorkBudget(10).run((share) => {
    share.own(buffer);
    return Promise.resolve(assertEquals(buffer.detached, false));
  });
  assertEquals(buffer.detached, true);
});
