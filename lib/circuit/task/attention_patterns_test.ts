import assert from "node:assert/strict";
import type { HostArray } from "../../array.ts";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { makeYearPrompts } from "../../text/year_prompts.ts";
import type { HeadNode } from "../graph/routes.ts";
import { attentionPatterns } from "./attention_patterns.ts";
import { type ContrastTask, taskRows, yearTask } from "./contrast_task.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const HEADS: HeadNode[] = [
  { kind: "head", layer: 1, head: 2 },
  { kind: "head", layer: 2, head: 0 },
];

async function withTask(body: (model: Model, task: ContrastTask) => Promise<void>) {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const prompts = makeYearPrompts(await openTokenizer(MODEL), { count: 6 });
  const task = yearTask(prompts);
  // The labels alone are changed, so that one start year has two prompts.
  const YY = Int32Array.of(41, 98, 41, 2, 17, 3);
  await body(model, { ...task, YY });
}

function near(found: HostArray | undefined, expected: ArrayLike<number>, what: string) {
  assert.equal(found?.data.length, expected.length, what);
  Array.from(expected).forEach((value, i) => {
    const own = Number(found!.data[i]);
    const same = Number.isNaN(value) ? Number.isNaN(own) : Math.abs(own - value) < 1e-12;
    assert.ok(same, `${what} at ${i}: ${own} against ${value}`);
  });
}

Deno.test("attentionPatterns() averages each head's pattern by start year", () =>
  withTask(async (model, task) => {
    const found = await attentionPatterns(model, task, { heads: HEADS });
    const T = task.goodTokens.shape[1]!;
    const { END, YY } = task.positions;
    for (const { layer, head } of HEADS) {
      const name = `a${layer}.h${head}`;
      const hook = `blocks.${layer}.attn.hook_pattern`;
      const { [hook]: own } = await runWithHooks(model, task.goodTokens, { read: [hook] });
      const of = (n: number) =>
        (own!.data as Float64Array).slice((4 * n + head) * T * T, (4 * n + head + 1) * T * T);
      const collated = found[`attn_collated_${name}`]!;
      assert.deepEqual(collated.shape, [97, T, T]);
      const row = (yy: number) => collated.data.subarray((yy - 2) * T * T, (yy - 1) * T * T);
      near({ data: row(98), shape: [] }, of(1), `${name} 98`);
      near({ data: row(2), shape: [] }, of(3), `${name} 02`);
      const third = of(2);
      near({ data: row(41), shape: [] }, of(0).map((x, i) => (x + third[i]!) / 2), `${name} 41`);
      assert.ok(row(50).every(Number.isNaN), "no prompt has the start year 50");
      const toYear = Float64Array.from(
        { length: 97 },
        (_, i) => collated.data[(i * T + END) * T + YY]!,
      );
      near(found[`attn_proportion_${name}`], toYear, `${name} END to YY`);
    }
  }));

Deno.test("attentionPatterns() by start year add up to the mean over all prompts", () =>
  withTask(async (model, task) => {
    const found = await attentionPatterns(model, task, { heads: HEADS });
    const T = task.goodTokens.shape[1]!;
    const sum = new Float64Array(T * T);
    for (const yy of task.YY!) {
      for (let i = 0; i < T * T; i++) {
        sum[i]! += found["attn_collated_a1.h2"]!.data[(yy - 2) * T * T + i]! / 6;
      }
    }
    near(found["attn_patterns_a1.h2"], sum, "mean");
  }));

Deno.test("attentionPatterns() has no pattern by start year where labels are no years", () =>
  withTask(async (model, task) => {
    const few = taskRows(task, [0, 1]);
    const { YY: _, ...other } = few;
    const found = await attentionPatterns(model, other, { heads: HEADS });
    assert.deepEqual(Object.keys(found).sort(), [
      "attn_mean",
      "attn_patterns_a1.h2",
      "attn_patterns_a2.h0",
    ]);
  }));
