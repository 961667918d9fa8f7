import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { parseEdge } from "../graph/circuit_names.ts";
import { edgeName } from "../graph/patch_plan.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { taskRows, yearTask } from "../task/contrast_task.ts";
import { edgeEffects } from "./edge_weights.ts";
import { KnownEffects } from "./known_effects.ts";
import { promptRuns } from "./prompt_runs.ts";
import { effectsBySender } from "./score_matrix.ts";
import { directSweep, sweepPlan } from "./sweeps.ts";

const EDGES = ["m11@END->logits@END", "m10@END->m11@END", "a7.h10@END->m10@END", "m9@END->m10@END"]
  .flatMap((name) => parseEdge(name, { nLayer: 12, nHead: 12 }));

Deno.test("edgeEffects() takes the cells of a matrix that was swept before, not to be computed again", async () => {
  const prompts = await readYearPrompts("tests/fixtures/gpt2-mini/expected.safetensors");
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  using programs = new NodePrograms(model);
  const task = taskRows(yearTask(prompts), [3]);
  for await (const { good, bad, baseline } of promptRuns(programs, task, { attentionLayers: [] })) {
    const pair = { base: good, patch: bad };
    const known = new KnownEffects();
    const context = { programs, pair, task, baseline: baseline.probDiff, known };
    const swept = await directSweep(context, EDGES, 10);
    const m9 = swept.senders.findIndex((node) => node.kind === "mlp" && node.layer === 9);
    const weights = await edgeEffects(context, EDGES);
    assert.deepEqual(weights.get(edgeName(EDGES[3]!)), effectsBySender(swept)[m9]);

    const into = [{ to: EDGES[3]!.to, channel: "x" as const }];
    const plan = sweepPlan({ edges: EDGES, position: "END" }, into);
    known.set(plan, { kind: "mlp", layer: 9 }, Float64Array.of(42));
    assert.deepEqual(
      (await edgeEffects(context, EDGES)).get("m9@END->m10@END"),
      Float64Array.of(42),
    );
  }
});

Deno.test("KnownEffects tells plans and senders apart", () => {
  const known = new KnownEffects();
  const into = [{ to: EDGES[0]!.to, channel: "x" as const }];
  const [plain, longer] = [[], EDGES].map((edges) => sweepPlan({ edges, position: "END" }, into));
  const other = sweepPlan({ edges: EDGES, position: "END" }, [{ ...into[0]!, to: EDGES[1]!.to }]);
  known.set(plain!, { kind: "mlp", layer: 9 }, Float64Array.of(1));
  assert.equal(known.get(plain!, { kind: "mlp", layer: 8 }), undefined);
  assert.equal(known.get(other, { kind: "mlp", layer: 9 }), undefined);
  // Nothing leads on from the logits, so circuits do not matter to what reaches them.
  assert.deepEqual(known.get(longer!, { kind: "mlp", layer: 9 }), Float64Array.of(1));
});
