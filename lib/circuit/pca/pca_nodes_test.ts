import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { makeYearPrompts } from "../../text/year_prompts.ts";
import type { Circuit } from "../graph/circuit.ts";
import { parseEdge } from "../graph/circuit_names.ts";
import { yearTask } from "../task/contrast_task.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { nodeName } from "../graph/nodes.ts";
import {
  choosePcaNodes,
  namedPcaNodes,
  type NodeEvidence,
  nodeEvidence,
  type PcaNodes,
  settledPcaNames,
} from "./pca_nodes.ts";

const CONFIG = { nLayer: 4, nHead: 4 };
const MODEL = "cache/models/tiny-gpt2-a";

function circuitOf(...names: string[]): Circuit {
  return {
    name: "test",
    edges: names.flatMap((name) => parseEdge(name, CONFIG)),
    provenance: {},
  };
}

const CIRCUIT = circuitOf("a1.h2@END->m3@END", "a2.h1@END->m2@END", "m2@END->logits@END")
  .edges.concat(circuitOf("m3@END->logits@END").edges);

/** Effects and attention [4,4] with some entries set. */
function evidence(
  effects: Record<number, number>,
  attention: Record<number, number>,
): Omit<NodeEvidence, "sd" | "interval"> {
  const filled = (values: Record<number, number>) =>
    hostArray(Float64Array.from({ length: 16 }, (_, i) => values[i] ?? 0.001), [4, 4]);
  return {
    circuit: { name: "test", edges: CIRCUIT, provenance: {} },
    effects: filled(effects),
    attention: filled(attention),
    length: 13,
  };
}

const names = ({ head, control, mlp }: PcaNodes) => [nodeName(head), nodeName(control), mlp];

Deno.test("choosePcaNodes() takes the strongest head that looks at YY and its weakest neighbour", () => {
  // a1.h2 is entry 6, a2.h1 entry 9; a0.h0 is stronger but not in the circuit.
  const both = evidence({ 0: -9, 6: -0.5, 9: 0.2, 7: 0 }, { 0: 1, 6: 0.3, 9: 0.3 });
  assert.deepEqual(names(choosePcaNodes({}, both)), ["a1.h2", "a1.h3", 2]);
  const looksAway = evidence({ 6: -0.5, 9: 0.2, 11: 0 }, { 6: 0.05, 9: 0.3 });
  assert.deepEqual(names(choosePcaNodes({}, looksAway)), ["a2.h1", "a2.h3", 2]);
});

Deno.test("choosePcaNodes() keeps what is given and chooses the control beside it", () => {
  const both = evidence({ 6: -0.5, 9: 0.2, 12: 0 }, { 6: 0.3, 9: 0.3 });
  const given = namedPcaNodes({ head: "a3.h2", mlp: "m1" }, CONFIG);
  assert.deepEqual(names(choosePcaNodes(given, both)), ["a3.h2", "a3.h0", 1]);
  const control = namedPcaNodes({ control: "a1.h2" }, CONFIG);
  assert.deepEqual(names(choosePcaNodes(control, both)), ["a2.h1", "a1.h2", 2]);
});

Deno.test("choosePcaNodes() refuses when no head of the circuit looks at YY", () => {
  assert.throws(() => choosePcaNodes({}, evidence({}, {})), {
    code: "E-CIRCUIT",
    message: /choose "--head": a circuit with none of its 2 heads at END that attends/,
  });
});

Deno.test("settledPcaNames() fills in the paper's nodes on its model alone", () => {
  const paper = { isPaperModel: true };
  assert.deepEqual(settledPcaNames({}, { isPaperModel: false }), {});
  assert.deepEqual(settledPcaNames({}, paper), { head: "a7.h10", control: "a7.h8", mlp: "m8" });
  assert.deepEqual(settledPcaNames({ head: "a5.h1" }, paper), { head: "a5.h1", mlp: "m8" });
  assert.deepEqual(settledPcaNames({ control: "a7.h1" }, paper), {
    head: "a7.h10",
    control: "a7.h1",
    mlp: "m8",
  });
});

Deno.test("namedPcaNodes() refuses an empty name rather than choosing a node itself", () => {
  const sizes = { nLayer: 12, nHead: 12 };
  for (const isPaperModel of [true, false]) {
    const settled = settledPcaNames({ head: "", control: "a7.h8", mlp: "m8" }, { isPaperModel });
    assert.throws(() => namedPcaNodes(settled, sizes), {
      code: "E-CIRCUIT",
      message: /^Cannot use node "": not a node's name/,
    });
  }
});

Deno.test("namedPcaNodes() refuses a control that is the head, given or the paper's", () => {
  const sizes = { nLayer: 12, nHead: 12 };
  const refused = {
    code: "E-CIRCUIT",
    message:
      /^Cannot use node "a7\.h10": not what --control takes, expected another head than .*10$/,
  };
  const both = { head: "a7.h10", control: "a7.h10" };
  assert.throws(() => namedPcaNodes(both, sizes), refused);
  const settled = settledPcaNames({ control: "a7.h10" }, { isPaperModel: true });
  assert.throws(() => namedPcaNodes(settled, sizes), refused);
});

Deno.test("nodeEvidence() measures each head's effect and attention on the prompts", async () => {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  using programs = new NodePrograms(model);
  const task = yearTask(makeYearPrompts(await openTokenizer(MODEL), { count: 3 }));
  const circuit = circuitOf("a1.h2@END->m2@END", "m2@END->logits@END");
  const found = await nodeEvidence(programs, task, circuit);
  assert.deepEqual([found.effects.shape, found.attention.shape, found.length], [
    [4, 4],
    [4, 4],
    13,
  ]);
  const at = (layer: number, head: number) => found.effects.data[4 * layer + head]!;
  assert.ok(at(1, 2) < 5 * Math.min(at(1, 0), at(3, 3)), `${found.effects.data}`);
  assert.ok(found.attention.data.every((value) => value > 0 && value < 1));
  assert.deepEqual([found.sd.shape, found.interval.shape], [[4, 4], [4, 4, 2]]);
  found.effects.data.forEach((effect, i) => {
    const [low, high] = [found.interval.data[2 * i]!, found.interval.data[2 * i + 1]!];
    assert.ok(low <= effect && effect <= high, `${low} to ${high} around ${effect}`);
    // No two of three values are further apart than twice their standard deviation.
    const sd = found.sd.data[i]!;
    assert.ok(high - low <= 2 * sd + 1e-15, `${high - low} with sd ${sd}`);
  });
  const strongest = 4 * 1 + 2;
  const [low, high] = found.interval.data.subarray(2 * strongest, 2 * strongest + 2);
  assert.ok(low! < high!, `${low} to ${high}`);
});
