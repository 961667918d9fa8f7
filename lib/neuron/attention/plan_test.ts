import assert from "node:assert/strict";
import { readConfig } from "../../model/config/read_config.ts";
import { describeAblation, planAblation } from "./plan.ts";

const config = await readConfig("cache/models/tiny-gpt2-a");
const sizes = { rows: 64, positions: 128, queries: 64, ranks: 512, method: "exact" } as const;

Deno.test("planAblation() keeps parts within the device's largest tensor", () => {
  assert.equal(planAblation(config, sizes, 2 ** 30).entries, 513);
  assert.equal(planAblation(config, sizes, 2 ** 20).entries, 32);
  assert.equal(planAblation(config, sizes, 4).entries, 1);
});

Deno.test("planAblation() leaves the model what the statistics do not need, or says what would", () => {
  const { forward, held } = planAblation(config, { ...sizes, memory: 2 ** 28 }, 2 ** 30);
  assert.equal(forward + held, 2 ** 28);
  const many = { ...sizes, rows: 1_000_000, memory: 2 ** 30 };
  assert.throws(() => planAblation(config, many, 2 ** 30), {
    code: "E-DEVICE-MEMORY",
    message: /512 neurons over 64000000 tokens.+Spearman's correlation \(exact\).+1\.00 GiB/,
    hint: /--spearman binned/,
  });
  planAblation(config, { ...many, method: "binned" }, 2 ** 30);
});

Deno.test("describeAblation() says the work and the memory", () => {
  const words = describeAblation(config, sizes, 2 ** 20);
  assert.match(words, /^512 neurons at 4,096 queries, 0\.0344 TFLOP after one run of 8,192 tokens/);
  assert.match(words, /1\.00 MiB besides/);
});
