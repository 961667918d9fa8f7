import assert from "node:assert/strict";
import { join } from "node:path";
import { openOnnx } from "../../device/onnx/mod.ts";
import { loadModel } from "../../model/model.ts";
import { sha256File } from "../../store/hash.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { circuitExperiment } from "../experiments/circuit_experiment.ts";
import { circuitJson } from "../graph/circuit.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { taskRows, yearTask } from "../task/contrast_task.ts";
import { askedCircuit } from "./asked_circuit.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const PROMPTS = "cache/inputs/ioi_prompts.jsonl";

Deno.test("askedCircuit() tells what a circuit was found and is weighed on", async () => {
  const pairs = await readYearPrompts("tests/fixtures/zoo/prompts.safetensors");
  await using device = await openOnnx({ runtime: "native", threads: 1 });
  await using model = await loadModel(MODEL, device);
  using programs = new NodePrograms(model);
  const task = taskRows(yearTask(pairs), Array.from({ length: 97 }, (_, n) => n));
  const on = { programs, task };
  const drawn = { model: "tiny", prompts: 97, seed: 5, "prompt_source": "drawn" };
  const found = await askedCircuit("tiny", on, { circuit: "auto", threshold: 0.02, seed: 5 });
  assert.ok(found);
  assert.deepEqual(found.provenance, {
    method: "iterative path patching",
    threshold: 0.02,
    ...drawn,
  });
  const json = (circuit: typeof found) => circuitJson(circuit) as Record<string, unknown>;
  assert.deepEqual(json(found).weighed, drawn);

  const folder = await Deno.makeTempDir();
  try {
    const circuit = join(folder, "circuit.json");
    const weighed = { model: "another", prompts: 9 };
    await Deno.writeTextFile(circuit, JSON.stringify({ ...json(found), weighed }));
    const asked = { circuit, threshold: 0.02, seed: 5, prompts: PROMPTS };
    const read = await askedCircuit("tiny", on, asked);
    assert.deepEqual(json(read!).weighed, weighed, "as its file says");
    assert.deepEqual(read!.provenance, found.provenance);
    const anew = await circuitExperiment(model, task, read!);
    const { sha256 } = await sha256File(PROMPTS);
    assert.deepEqual(json(anew.circuit).weighed, {
      ...drawn,
      "prompt_source": `own prompts, sha256 ${sha256}`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
