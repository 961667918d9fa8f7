import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { parseEdge } from "../graph/circuit_names.ts";
import { patchedResidual } from "./evaluate.ts";
import { NodePrograms } from "./node_programs.ts";
import { PatchPlan } from "../graph/patch_plan.ts";
import { cacheRun } from "./run_cache.ts";

const REQUEST = { positions: { YY: 2, END: 4 }, attentionLayers: [2] };
const SIZES = { nLayer: 4, nHead: 4 };

const planOf = (...names: string[]) =>
  new PatchPlan(names.flatMap((name) => parseEdge(name, SIZES)));

const rows = (N: number, first: number) => ({
  data: Int32Array.from({ length: N * 5 }, (_, i) => first + i),
  shape: [N, 5],
});

Deno.test("patchedResidual() takes leaves whole and leaves the rest at the base run", async () => {
  await using device = openReference();
  await using model = await loadModel("cache/models/tiny-gpt2-a", device);
  using programs = new NodePrograms(model);
  const base = await cacheRun(model, rows(2, 10), REQUEST);
  const patch = await cacheRun(model, rows(2, 30), REQUEST);
  const none = await patchedResidual(programs, { base, patch }, planOf());
  assert.deepEqual(none, base.final);
  const leaf = await patchedResidual(programs, { base, patch }, planOf("m3@END->logits@END"));
  const [before, after] = [base.at("mlp", 3, "END"), patch.at("mlp", 3, "END")];
  leaf.forEach((value, i) => {
    assert.ok(Math.abs(value - (base.final[i]! + after[i]! - before[i]!)) < 1e-12);
  });
});

Deno.test("patchedResidual() refuses runs that do not fit each other or the plan", async () => {
  await using device = openReference();
  await using model = await loadModel("cache/models/tiny-gpt2-a", device);
  using programs = new NodePrograms(model);
  const base = await cacheRun(model, rows(2, 10), REQUEST);
  const short = await cacheRun(model, rows(1, 10), REQUEST);
  await assert.rejects(patchedResidual(programs, { base, patch: short }, planOf()), {
    name: "RangeError",
    message: 'Cannot patch "runs": tokens [2, 5] with YY 2 and END 4 and ' +
      "tokens [1, 5] with YY 2 and END 4, expected one form",
  });
  const plan = planOf("m0@YY->a3.h1@END<v>", "a3.h1@END->logits@END");
  await assert.rejects(patchedResidual(programs, { base, patch: base }, plan), {
    name: "RangeError",
    message: 'Cannot use "q.3.END": not kept of this run, expected it in the request',
  });
});
