import assert from "node:assert/strict";
import fc from "fast-check";
import { NeuriteError } from "../../errors.ts";
import { nodeName } from "../graph/nodes.ts";
import { PAPER_CIRCUIT, PAPER_NODES, upperRoutes } from "../paper/paper_circuit.ts";
import { edgeName } from "../graph/patch_plan.ts";
import { drawHeads, everyRoute, sameEdges } from "./random_circuits.ts";
import { circuitRoles, type HeadNode, upperEdges } from "../graph/routes.ts";
import { ALTERNATIVE_HEADS } from "../experiments/random_ablation.ts";

const GPT2 = { nLayer: 12, nHead: 12 };
const OWN = circuitRoles(upperEdges(PAPER_CIRCUIT.edges)).heads;

function head(layer: number, head: number): HeadNode {
  return { kind: "head", layer, head };
}

const names = (list: readonly HeadNode[]) => list.map(nodeName);
const layers = (list: readonly HeadNode[]) => list.map(({ layer }) => layer).sort().join();
const edgeNames = (edges: Parameters<typeof edgeName>[0][]) => edges.map(edgeName).sort();

/** A model and some of its heads, at most half of each layer, so that as many others are left. */
const models = fc.record({
  nLayer: fc.integer({ min: 1, max: 6 }),
  nHead: fc.integer({ min: 2, max: 6 }),
}).chain((config) =>
  fc.record({
    config: fc.constant(config),
    heads: fc.array(
      fc.record({
        layer: fc.nat(config.nLayer - 1),
        head: fc.nat(Math.floor(config.nHead / 2) - 1),
      }),
      { minLength: 1, maxLength: 8 },
    ).map((list) => [
      ...new Map(list.map(({ layer, head: h }) => [`${layer}.${h}`, head(layer, h)])).values(),
    ]),
    seed: fc.nat(1000),
    draws: fc.integer({ min: 1, max: 40 }),
    anywhere: fc.boolean(),
  })
);

Deno.test("drawHeads() gives as many other heads, each once, of the same layers when asked", () => {
  fc.assert(fc.property(models, ({ config, heads, ...options }) => {
    const own = new Set(names(heads));
    const { lists, possible, isComplete } = drawHeads(config, heads, options);
    assert.equal(lists.length, isComplete ? possible : options.draws);
    for (const list of lists) {
      assert.equal(new Set(names(list)).size, heads.length);
      assert.ok(names(list).every((name) => !own.has(name)));
      assert.ok(list.every((each) => each.layer < config.nLayer && each.head < config.nHead));
      if (!options.anywhere) assert.equal(layers(list), layers(heads));
    }
    assert.deepEqual(drawHeads(config, heads, options).lists, lists);
  }));
});

Deno.test("drawHeads() gives every list once where no more exist than are asked for", () => {
  const heads = [head(0, 0), head(0, 1), head(2, 3)];
  const inLayers = drawHeads({ nLayer: 3, nHead: 4 }, heads, { draws: 3 });
  assert.deepEqual([inLayers.possible, inLayers.isComplete], [3, true]);
  assert.deepEqual(inLayers.lists.map(names), [
    ["a0.h2", "a0.h3", "a2.h0"],
    ["a0.h2", "a0.h3", "a2.h1"],
    ["a0.h2", "a0.h3", "a2.h2"],
  ]);
  const anywhere = drawHeads({ nLayer: 3, nHead: 4 }, heads, { draws: 84, anywhere: true });
  assert.deepEqual([anywhere.possible, anywhere.isComplete], [84, true]);
  assert.equal(new Set(anywhere.lists.map((list) => names(list).sort().join())).size, 84);
  const sample = drawHeads({ nLayer: 3, nHead: 4 }, heads, { draws: 83, anywhere: true });
  assert.deepEqual([sample.lists.length, sample.isComplete], [83, false]);
});

Deno.test("drawHeads() draws each free head about as often as any other, and by its seed", () => {
  const { lists, possible } = drawHeads(GPT2, OWN, { draws: 4000, seed: 5 });
  assert.equal(possible, 11 * 45 * 11 * 11 * 45);
  const counts = Map.groupBy(lists.flatMap(names), (name) => name);
  assert.equal(counts.size, 11 + 10 + 11 + 11 + 10);
  for (const [name, drawn] of counts) {
    const share = /^a[58]/.test(name) ? 2 / 10 : 1 / 11;
    const error = Math.sqrt(4000 * share * (1 - share));
    assert.ok(Math.abs(drawn.length - 4000 * share) < 5 * error, `${name}: ${drawn.length}`);
  }
  assert.notDeepEqual(drawHeads(GPT2, OWN, { draws: 5, seed: 6 }).lists, lists.slice(0, 5));
});

Deno.test("drawHeads() refuses a circuit without heads, and a layer with too few others", () => {
  const message = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      assert.ok(error instanceof NeuriteError && error.code === "E-CIRCUIT", String(error));
      return error.message;
    }
    return "";
  };
  const heads = [head(1, 0), head(1, 1), head(1, 2)];
  assert.equal(
    message(() => drawHeads({ nLayer: 2, nHead: 4 }, heads, { draws: 9 })),
    'Cannot draw heads from "layer 1": 1 outside the circuit, expected at least 3, as many ' +
      "as the circuit has there",
  );
  assert.equal(
    drawHeads({ nLayer: 2, nHead: 4 }, heads, { draws: 9, anywhere: true }).possible,
    10,
  );
  assert.match(message(() => drawHeads(GPT2, [], { draws: 9 })), /no heads at END/);
});

Deno.test("sameEdges() of the paper's circuit are every route of the heads that replace its own", () => {
  const form = sameEdges(PAPER_CIRCUIT.edges);
  assert.deepEqual(edgeNames(form(OWN)), edgeNames(upperRoutes(PAPER_NODES)));
  const others = ALTERNATIVE_HEADS.map(([layer, h]) => head(layer, h));
  assert.deepEqual(edgeNames(form(others)), edgeNames(everyRoute(PAPER_NODES.mlps)(others)));
  assert.throws(() => form([...others.slice(1), head(4, 0)]), RangeError);
});

Deno.test("sameEdges() keep what each head sends to, and everything that is no head", () => {
  const place = (node: HeadNode | { kind: "mlp"; layer: number } | { kind: "logits" }) =>
    ({ node, position: "END" }) as const;
  const edges = [
    { from: place(head(1, 0)), to: place({ kind: "mlp", layer: 2 }), channel: "x" },
    { from: place({ kind: "mlp", layer: 2 }), to: place({ kind: "logits" }), channel: "x" },
    { from: place(head(3, 1)), to: place({ kind: "logits" }), channel: "x" },
  ] as const;
  assert.deepEqual(sameEdges(edges)([head(3, 2), head(1, 3)]).map(edgeName), [
    "a1.h3@END->m2@END",
    "m2@END->logits@END",
    "a3.h2@END->logits@END",
  ]);
});
