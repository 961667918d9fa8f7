import assert from "node:assert/strict";
import fc from "fast-check";
import { NeuriteError } from "../errors.ts";
import { circuitDiagram } from "./circuit_diagram.ts";
import { type CircuitEdge, readCircuitGraph } from "./circuit_graph.ts";
import { curvePoint, layoutCircuit, NODE } from "./circuit_layout.ts";
import { renderSvg } from "./render.ts";
import { countDrawn } from "./svg_document.ts";

const UPPER = ["m8", "m9", "m10", "m11"];
const HEADS = ["a9.h1", "a8.h11", "a8.h8", "a7.h10", "a6.h9", "a5.h5", "a5.h1"];
const LOW = ["m0", "m1", "m2", "m3", "a0.h1", "a0.h3", "a0.h5"];

function layerOf(name: string): number {
  return Number(/\d+/.exec(name)![0]);
}

/** The paper's circuit, key and value edges apart. */
function paperEdges(): CircuitEdge[] {
  const after = (list: string[], layer: number) => list.filter((m) => layerOf(m) > layer);
  const lowMlps = LOW.slice(0, 4);
  return [
    ...[...UPPER, ...HEADS].map((from) => ({ from: `${from}@END`, to: "logits@END" })),
    ...UPPER.flatMap((from) =>
      after(UPPER, layerOf(from)).map((to) => ({ from: `${from}@END`, to: `${to}@END` }))
    ),
    ...HEADS.flatMap((from) =>
      after(UPPER, layerOf(from) - 1).map((to) => ({ from: `${from}@END`, to: `${to}@END` }))
    ),
    ...HEADS.flatMap((to) =>
      LOW.flatMap((from) =>
        ["k", "v"].map((channels) => ({ from: `${from}@YY`, to: `${to}@END`, channels }))
      )
    ),
    ...HEADS.map((to) => ({ from: "whole", to: `${to}@END`, channels: "q" })),
    ...lowMlps.flatMap((from) =>
      after(lowMlps, layerOf(from)).map((to) => ({ from: `${from}@YY`, to: `${to}@YY` }))
    ),
    ...LOW.map((to) => ({ from: "input@YY", to: `${to}@YY` })),
    ...lowMlps.map((to) => ({ from: "a0.h1@YY", to: `${to}@YY` })),
  ];
}

const paper = () => readCircuitGraph({ layers: 12, edges: paperEdges() });

Deno.test("readCircuitGraph() joins the channels of a pair and sums their weights", () => {
  const edge = { from: "m0@YY", to: "a2.h1@END" };
  const { edges, nodes } = readCircuitGraph({
    layers: 4,
    nodes: ["a3.h0@END"],
    edges: [
      { ...edge, channels: "v", weight: 0.25 },
      { ...edge, channels: "k", weight: 0.5 },
      { from: "input@YY", to: "m0@YY" },
    ],
  });
  assert.deepEqual(nodes.map(({ id }) => id), ["input@YY", "m0@YY", "a2.h1@END", "a3.h0@END"]);
  assert.deepEqual(edges.map(({ channels, weight }) => [channels, weight]), [
    ["kv", 0.75],
    ["", undefined],
  ]);
});

Deno.test("readCircuitGraph() refuses what is no circuit", () => {
  const refuses = (edge: Partial<CircuitEdge>, pattern: RegExp, layers = 4) =>
    assert.throws(
      () => readCircuitGraph({ layers, edges: [{ from: "m0@YY", to: "logits@END", ...edge }] }),
      (error) => {
        assert.ok(error instanceof NeuriteError && error.code === "E-FIGURE");
        assert.match(error.message, pattern);
        return true;
      },
    );
  refuses({ from: "mlp0@YY" }, /no node's name/);
  refuses({ from: "m0@" }, /no node's name/);
  refuses({ from: "a4.h0@YY" }, /layer 4, expected a layer below 4/);
  refuses({ from: "logits@END", to: "m0@YY" }, /does not go up/);
  refuses({ from: "m1@YY", to: "a1.h0@YY" }, /does not go up/);
  refuses({ from: "a0.h1@END", to: "a0.h2@END" }, /does not go up/);
  refuses({ channels: "x" }, /channels "x"/);
  refuses({ weight: NaN }, /weight NaN/);
  refuses({}, /0 layers/, 0);
  assert.throws(() => readCircuitGraph({ layers: 4, edges: [] }), /no node and no edge/);
});

/** 40 heads of layer 0 into 40 of layer 1, with weights of either sign, some absent. */
function manyEdges(weight: (i: number) => number | undefined): CircuitEdge[] {
  return Array.from({ length: 1600 }, (_, i) => ({
    from: `a0.h${i % 40}@END`,
    to: `a1.h${Math.floor(i / 40)}@END`,
    weight: weight(i),
  }));
}

Deno.test("readCircuitGraph() keeps the 1,000 heaviest pairs, unweighted ones last", () => {
  const weight = (i: number) => i % 2 ? undefined : (i % 4 ? -1 : 1) * (1 + i);
  const { edges, nodes, leftOut } = readCircuitGraph({ layers: 2, edges: manyEdges(weight) });
  assert.deepEqual([edges.length, leftOut], [1000, { pairs: 600, nodes: 0 }]);
  assert.equal(nodes.length, 80);
  assert.equal(edges.filter((edge) => edge.weight !== undefined).length, 800);
  const heavy = readCircuitGraph({ layers: 2, edges: manyEdges((i) => (i % 2 ? -1 : 1) * i) });
  assert.ok(heavy.edges.every((edge) => Math.abs(edge.weight!) >= 600));
  assert.deepEqual([heavy.edges[0]!.weight, heavy.nodes.length], [600, 65]);
  assert.deepEqual(heavy.leftOut, { pairs: 600, nodes: 15 });
});

Deno.test("readCircuitGraph() keeps a named node without edges, whatever is left out", () => {
  const edges = manyEdges((i) => i);
  const { nodes } = readCircuitGraph({ layers: 2, nodes: ["m1@END"], edges });
  assert.ok(nodes.some(({ id }) => id === "m1@END"));
});

Deno.test("layoutCircuit() puts low layers below, YY left of END, an MLP above its heads", () => {
  const { nodes, edges } = paper();
  const { places, bands, rows } = layoutCircuit(nodes, edges);
  assert.deepEqual(bands.map(({ position }) => position), ["YY", "END"]);
  assert.deepEqual([rows[0]!.label, rows.at(-1)!.label], ["logits", "input"]);
  assert.ok(!rows.some(({ label }) => label === "layer 4"));
  for (const { from, to } of edges) {
    if (from) assert.ok(places.get(from.id)!.y > places.get(to.id)!.y, `${from.id} ${to.id}`);
  }
  for (const { id, position } of nodes) {
    const band = bands.find((one) => one.position === position)!;
    const { x } = places.get(id)!;
    assert.ok(x > band.left && x < band.right);
  }
});

Deno.test("layoutCircuit() leads the paper's edges round the nodes that are not theirs", () => {
  const { nodes, edges } = paper();
  const layout = layoutCircuit(nodes, edges);
  const over = layout.edges.filter(({ curve, edge }) =>
    [...layout.places].some(([id, box]) =>
      id !== edge.from?.id && id !== edge.to.id &&
      Array.from({ length: 99 }, (_, i) => curvePoint(curve, (i + 1) / 100)).some(({ x, y }) =>
        Math.abs(x - box.x) < NODE.width / 2 && Math.abs(y - box.y) < NODE.height / 2
      )
    )
  );
  assert.deepEqual(over.map(({ edge }) => `${edge.from?.id} ${edge.to.id}`), []);
});

Deno.test("layoutCircuit() never lets two nodes share a place", () => {
  const node = fc.record({
    layer: fc.integer({ min: 0, max: 5 }),
    head: fc.integer({ min: -1, max: 7 }),
    position: fc.constantFrom("YY", "END", "X1"),
  });
  fc.assert(fc.property(fc.array(node, { minLength: 1, maxLength: 40 }), (list) => {
    const ids = list.map(({ layer, head, position }) =>
      `${head < 0 ? `m${layer}` : `a${layer}.h${head}`}@${position}`
    );
    const { nodes, edges } = readCircuitGraph({ layers: 6, nodes: ids, edges: [] });
    const points = [...layoutCircuit(nodes, edges).places.values()];
    points.forEach((a, i) =>
      points.slice(i + 1).forEach((b) =>
        assert.ok(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height)
      )
    );
  }));
});

Deno.test("circuitDiagram() draws one curve a pair and a box and a name a node", async () => {
  const edges = paperEdges();
  const pairs = new Set(edges.map(({ from, to }) => `${from} ${to}`)).size;
  const nodes = 4 + 7 + 7 + 2;
  const svg = await renderSvg(circuitDiagram({ layers: 12, edges }, { title: "Circuit" }));
  const drawn = countDrawn(svg);
  const ground = 7 + 13 + 2;
  const letters = 2 * HEADS.length;
  assert.equal(
    drawn.values().reduce((a, b) => a + b, 0),
    ground + pairs + 2 * nodes + letters,
  );
  assert.match(svg, />a9\.h1<\/text>/);
  assert.match(svg, /Edges into heads reach k, v/);
  assert.doesNotMatch(svg, /role-legend/);
  assert.ok(svg.length < 200_000);
});

Deno.test("circuitDiagram() colours and widens edges by their weight, the strongest on top", async () => {
  const edges = [
    { from: "m0@YY", to: "logits@END", weight: -0.4 },
    { from: "a0.h0@YY", to: "logits@END", weight: 0.1 },
    { from: "a0.h1@YY", to: "logits@END" },
  ];
  const spec = circuitDiagram({ layers: 1, edges }, { title: "Circuit", weightTitle: "effect" });
  assert.match(String(spec.description), /Strongest: m0@YY to logits@END -0\.400/);
  const svg = await renderSvg(spec);
  assert.match(svg, />effect<\/text>/);
  const curves = [
    ...svg.matchAll(
      /d="M[^"]*C[^"]*" stroke="([^"]*)" stroke-opacity="([^"]*)" stroke-width="([^"]*)"/g,
    ),
  ];
  const [grey, weak, strong] = curves.map(([, color, opacity, width]) => ({
    color,
    width: Number(width),
    opacity: Number(opacity),
  }));
  assert.equal(grey!.color, "#8c959f");
  assert.equal(strong!.color, "rgb(103, 0, 31)");
  assert.ok(strong!.width > weak!.width);
  assert.ok(strong!.opacity > grey!.opacity);
});

Deno.test("circuitDiagram() writes channels only at edges that differ", async () => {
  const into = (from: string, channels: string) => ({ from, to: "a1.h0@END", channels });
  const edges = [into("m0@YY", "v"), into("a0.h0@YY", "v"), into("a0.h1@YY", "kv")];
  const svg = await renderSvg(circuitDiagram({ layers: 2, edges }, { title: "Circuit" }));
  assert.equal(svg.match(/>kv<\/text>/g)!.length, 2);
  assert.doesNotMatch(svg, />v<\/text>/);
});

Deno.test("circuitDiagram() says how much of a large circuit it leaves out", async () => {
  const draw = (edges: CircuitEdge[]) => circuitDiagram({ layers: 2, edges }, { title: "Large" });
  const spec = draw(manyEdges((i) => i));
  const svg = await renderSvg(spec);
  assert.match(
    svg,
    />The 1000 heaviest edges of 1600: 600 left out, and 15 nodes of these alone\.</,
  );
  assert.match(String(spec.description), /^A circuit of 65 nodes and 1000 edges.*600 left out/);
  assert.match(JSON.stringify(draw(manyEdges(() => undefined)).title), /The 1000 first edges of/);
  assert.doesNotMatch(JSON.stringify(draw(manyEdges((i) => i).slice(0, 1000))), /left out/);
});
