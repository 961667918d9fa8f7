import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { openOnnx } from "../../device/onnx/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { chooseCircuit, circuitChoice, paperCircuitOf } from "./choose_circuit.ts";
import { type ContrastTask, taskRows, yearTask } from "../task/contrast_task.ts";
import { findCircuit } from "./find_circuit.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { type Circuit, circuitText } from "../graph/circuit.ts";
import { placeName } from "../graph/nodes.ts";
import { PatchPlan } from "../graph/patch_plan.ts";
import { circuitRoles, routesAbove, upperEdges } from "../graph/routes.ts";
import { PAPER_CIRCUIT } from "../paper/paper_circuit.ts";

async function withTask(check: (model: Model, task: ContrastTask) => Promise<void>) {
  const prompts = await readYearPrompts("tests/fixtures/zoo/prompts.safetensors");
  await using device = await openOnnx({ runtime: "native", threads: 1 });
  await using model = await loadModel("cache/models/tiny-gpt2-a", device);
  await check(model, taskRows(yearTask(prompts), Array.from({ length: 97 }, (_, n) => n)));
}

Deno.test("findCircuit() finds tiny-gpt2-a's late MLPs and the heads and MLP that feed them", async () => {
  await withTask(async (model, task) => {
    using programs = new NodePrograms(model);
    const { edges, provenance } = await findCircuit(programs, task);
    // Direct effects of PyTorch: MLP 2 moves −0.31, heads 1.2 and 2.2 send −0.28 and −0.05 to it, and
    // MLP 0 at YY −0.44 to the heads' values (tests/fixtures/zoo).
    const { mlps, heads, lowMlps } = circuitRoles(edges);
    assert.ok(mlps.includes(2) && mlps.includes(3), `${mlps}`);
    for (const [layer, head] of [[1, 2], [2, 2]]) {
      assert.ok(heads.some((node) => node.layer === layer && node.head === head));
    }
    assert.ok(lowMlps.includes(0));
    assert.deepEqual(provenance, {
      method: "iterative path patching",
      threshold: 0.02,
      prompts: 97,
    });
    for (const { weight } of edges) assert.ok(Number.isFinite(weight));
  });
});

Deno.test("findCircuit() leaves nothing loose: every sender reaches the logits, every MLP at END is fed", async () => {
  await withTask(async (model, task) => {
    using programs = new NodePrograms(model);
    const { edges } = await findCircuit(programs, task, { threshold: 0.005 });
    const plan = new PatchPlan(edges);
    for (const { from, to } of edges) {
      const reached = routesAbove(edges, [to]).some(({ to: end }) => end.node.kind === "logits");
      assert.ok(reached || to.node.kind === "logits", placeName(to));
      if (from === "whole" || from.node.kind !== "mlp" || from.position !== "END") continue;
      assert.ok(plan.into(from).length > 0, placeName(from));
    }
  });
});

Deno.test("findCircuit() keeps less the higher the threshold, and nothing at 1", async () => {
  await withTask(async (model, task) => {
    using programs = new NodePrograms(model);
    const sizes = [];
    for (const threshold of [0.01, 0.05, 0.2, 1]) {
      const { edges } = await findCircuit(programs, task, { threshold });
      sizes.push(upperEdges(edges).length);
    }
    assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
    assert.equal(sizes.at(-1), 0);
    assert.equal(await chooseCircuit("auto", { programs, task }, { threshold: 1 }), undefined);
    assert.equal(await chooseCircuit("none", { programs, task }), undefined);
  });
});

Deno.test("findCircuit() has no edges where nothing feeds the MLP that matters", async () => {
  await withTask(async (model, task) => {
    using programs = new NodePrograms(model);
    const swept: string[] = [];
    // MLP 2 moves 0.47 of the difference, the head of most effect on it less.
    const { edges } = await findCircuit(programs, task, {
      threshold: 0.45,
      onSweep: (what) => swept.push(what),
    });
    assert.deepEqual([edges, swept], [[], ["logits@END<x>", "m2@END<x>"]]);
  });
});

Deno.test("chooseCircuit() takes a file's name, but not the paper's for other edges than its own", async () => {
  const model = { config: { nLayer: 12, nHead: 12 } };
  const on = { programs: { model }, task: {} } as unknown as Parameters<typeof chooseCircuit>[1];
  await inFolder(async (folder) => {
    const file = join(folder, "circuit.json");
    const nameOf = async (circuit: Circuit) => {
      await Deno.writeTextFile(file, circuitText(circuit));
      return (await chooseCircuit(file, on))!.name;
    };
    const { edges } = PAPER_CIRCUIT;
    assert.equal(await nameOf({ ...PAPER_CIRCUIT, edges: edges.toReversed() }), "paper");
    assert.equal(await nameOf({ ...PAPER_CIRCUIT, edges: edges.slice(1) }), "paper, edited");
    assert.equal(await nameOf({ ...PAPER_CIRCUIT, name: "own", edges: edges.slice(1) }), "own");
  });
});

Deno.test("circuitChoice() is the paper's on GPT-2 small alone", () => {
  assert.equal(circuitChoice(undefined, "gpt2"), "paper");
  assert.equal(circuitChoice(undefined, "gpt2-medium"), "auto");
  assert.equal(circuitChoice("none", "gpt2"), "none");
  assert.throws(() => circuitChoice("", "gpt2"), {
    code: "E-USAGE",
    message: /"--circuit": an empty text, expected paper, auto, none or a path/,
  });
});

Deno.test("paperCircuitOf() refuses a model without the paper's nodes", () => {
  assert.throws(() => paperCircuitOf({ nLayer: 4, nHead: 4 }), {
    code: "E-CIRCUIT",
    message: /"paper": a circuit of 12 layers and 12 heads, on a model of 4 and 4/,
  });
});
