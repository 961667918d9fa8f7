import assert from "node:assert/strict";
import { Graph, type Node, type Value } from "../../device/graph.ts";
import { openReference } from "../../device/reference/mod.ts";
import { buildBlock, buildEmbed } from "./blocks.ts";
import type { ModelConfig } from "../config/config.ts";
import { HookPoints, type SitePlan } from "./hook_points.ts";
import { hookTable } from "./hooks.ts";
import { loadModel } from "../model.ts";
import type { PastShape } from "./past.ts";

const FIXTURES = ["gpt2-hub-style", "pythia-style", "neox-sequential-style"];

interface Plan {
  reads?: string[];
  writes?: string[];
}

function sitePlan({ reads = [], writes = [] }: Plan): SitePlan {
  const write = { kind: "add", valueShape: [1, 1] } as const;
  return { reads: new Set(reads), writes: new Map(writes.map((site) => [site, [write]])) };
}

/** The graph of block 0, or of the embedding, under a plan. */
function graphOf(config: ModelConfig, plan: Plan = {}, part: "block" | "embed" = "block"): Graph {
  const graph = new Graph();
  const hooks = new HookPoints(graph, sitePlan(plan));
  const out = part === "embed" ? buildEmbed(hooks, config, [2, 3]) : buildBlock(hooks, config, {
    layer: 0,
    residual: graph.input("residual", [2, 3, config.dModel]),
  });
  graph.output("out", out);
  return graph;
}

function counts(graph: Graph): Record<string, number> {
  const groups = Map.groupBy(graph.nodes, ({ op }) => op);
  return Object.fromEntries([...groups].map(([op, nodes]) => [op, nodes.length]));
}

for (const fixture of FIXTURES) {
  Deno.test(`the graphs of ${fixture} take exactly its weights, with their shapes`, async () => {
    await using device = openReference();
    await using model = await loadModel(`tests/fixtures/checkpoints/${fixture}`, device);
    const { weights, config } = model;
    const taken = (graph: Graph, prefix: string) =>
      [...graph.inputs].filter(([name]) => !["residual", "ids", "positions"].includes(name))
        .map(([name, { shape }]): [string, readonly number[]] => [prefix + name, shape]);
    const inputs = [
      ...taken(graphOf(config, {}, "embed"), ""),
      ...taken(graphOf(config), "blocks.0."),
    ];
    for (const [name, shape] of inputs) assert.deepEqual(shape, weights.shape(name), name);
    const expected = weights.names.filter((name) => /^(blocks\.0|embed|pos_embed)\./.test(name));
    assert.deepEqual(inputs.map(([name]) => name).sort(), expected.toSorted());
  });

  Deno.test(`every hook of ${fixture} is a point of its graphs`, async () => {
    await using device = openReference();
    await using model = await loadModel(`tests/fixtures/checkpoints/${fixture}`, device);
    for (const part of ["embed", "block"] as const) {
      const layer = part === "block" ? 0 : null;
      const sites = hookTable(model.config)
        .filter((hook) => hook.layer === layer && !hook.site.startsWith("ln_final"))
        .map(({ site }) => site);
      const graph = graphOf(model.config, { reads: sites, writes: sites }, part);
      assert.deepEqual([...graph.outputs.keys()].sort(), [...sites, "out"].sort());
      assert.equal(counts(graph).write, sites.length);
    }
  });
}

Deno.test("an untouched block is fused; a touched site stands on its own", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/checkpoints/gpt2-hub-style", device);
  const block = (plan: Plan = {}) => counts(graphOf(model.config, plan));
  const fused = block();
  assert.equal(fused.linear, 6);
  assert.equal(fused.layerNorm, 2);
  for (const op of ["gelu", "headResult", "sumHeads", "layerNormScale", "add", "rotary"]) {
    assert.equal(fused[op], undefined, op);
  }
  assert.equal(block({ reads: ["mlp.hook_pre"] }).gelu, 1);
  assert.equal(block({ reads: ["hook_attn_out"] }).add, 1);
  // What is only read must not change the result, so the fused form stays beside it.
  const read = block({ reads: ["ln1.hook_scale", "attn.hook_result"] });
  assert.deepEqual([read.layerNormScale, read.layerNorm, read.layerNormApply], [1, 2, undefined]);
  assert.deepEqual([read.headResult, read.sumHeads, read.linear], [1, undefined, 6]);
  const written = block({ writes: ["ln1.hook_scale", "attn.hook_result"] });
  assert.deepEqual([written.layerNormScale, written.layerNorm, written.layerNormApply], [1, 1, 1]);
  assert.deepEqual([written.headResult, written.sumHeads, written.linear], [1, 1, 5]);
});

Deno.test("a GPT-NeoX block turns queries and keys, and reads one residual when parallel", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/checkpoints/pythia-style", device);
  const graph = graphOf(model.config);
  assert.equal(counts(graph).rotary, 2);
  const residual = graph.inputs.get("residual")!.id;
  const norms = graph.nodes.filter(({ op }) => op === "layerNorm");
  assert.deepEqual(norms.map(({ inputs }) => inputs[0]!.id), [residual, residual]);
  const sequential = graphOf({ ...model.config, parallelResidual: false });
  const after = sequential.nodes.filter(({ op }) => op === "layerNorm")
    .map(({ inputs }) => inputs[0]!.id);
  assert.equal(after.filter((id) => id === residual).length, 1);
});

Deno.test("a block continues the past it is given and keeps what the next one continues", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/checkpoints/pythia-style", device);
  const { config } = model;
  const width = config.nHead * config.dHead;
  const build = (options: { past?: PastShape; keep?: boolean }) => {
    const graph = new Graph();
    const hooks = new HookPoints(graph, sitePlan({ reads: ["attn.hook_pattern"] }));
    const residual = graph.input("residual", [2, 3, config.dModel]);
    graph.output("out", buildBlock(hooks, config, { layer: 0, residual, ...options }));
    const shapes = (values: ReadonlyMap<string, Value>, names: RegExp) =>
      [...values].filter(([name]) => names.test(name)).map(([name, { shape }]) => [name, shape]);
    const turns = graph.nodes.filter(({ op }) => op === "rotary") as Node<"rotary">[];
    return {
      inputs: shapes(graph.inputs, /^past/),
      outputs: shapes(graph.outputs, /^kept|pattern/),
      starts: turns.map(({ attributes }) => attributes.start),
    };
  };
  const pattern = (S: number) => ["attn.hook_pattern", [2, config.nHead, 3, S]];
  assert.deepEqual(build({}), { inputs: [], outputs: [pattern(3)], starts: [0, 0] });
  assert.deepEqual(build({ past: { rows: 7, positions: 5 }, keep: true }), {
    inputs: [["past.k", [7, 5 * width]], ["past.rows", [2]], ["past.v", [7, 5 * width]]],
    outputs: [["kept.k", [2, 8 * width]], ["kept.v", [2, 8 * width]], pattern(8)],
    starts: [5, 5],
  });
});

Deno.test("a block of one head, and of one row and position, gives the residual's shape", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/checkpoints/pythia-style", device);
  const { dModel: D } = model.config;
  const config = { ...model.config, nHead: 1, dHead: D, rotary: null };
  for (const [B, T] of [[1, 1], [1, 3], [2, 1]] as const) {
    const graph = new Graph();
    const hooks = new HookPoints(graph, sitePlan({}));
    const residual = graph.input("residual", [B, T, D]);
    assert.deepEqual(buildBlock(hooks, config, { layer: 0, residual }).shape, [B, T, D]);
  }
});
