/**
 * Circuits as diagrams: nodes by layer and position, edges as curves by weight.
 *
 * @module
 */
import {
  type CircuitGraph,
  type DrawnGraph,
  type GraphEdge,
  readCircuitGraph,
} from "./circuit_graph.ts";
import { layoutCircuit } from "./circuit_layout.ts";
import { channelLayers, edgeLayers, groundLayers, nameOf, nodeLayers } from "./circuit_marks.ts";
import { specHead } from "./spec_head.ts";
import type { TopLevelSpec } from "./spec_types.ts";

/** How a diagram is named. */
export interface CircuitDiagramOptions {
  /** Short, unique in a report: file name and prefix of ids. @default {"circuit-diagram"} */
  readonly name?: string;
  readonly title: string;
  /** Over the colour bar: what the weights are. @default {"Edge weight"} */
  readonly weightTitle?: string;
}

/** The label that most edges into heads have; only others are written at their edge. */
function usualChannels(edges: readonly GraphEdge[]): string {
  const counts = new Map<string, number>();
  for (const { from, to, channels } of edges) {
    if (from && to.kind === "head") counts.set(channels, (counts.get(channels) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

/** What a diagram does not show of a circuit with too many pairs; empty where it shows all. */
function notDrawn({ edges, leftOut: { pairs, nodes } }: DrawnGraph): string[] {
  if (pairs === 0) return [];
  const lost = nodes > 0 ? `, and ${nodes} ${nodes === 1 ? "node" : "nodes"} of these alone` : "";
  const which = edges.some(({ weight }) => weight !== undefined) ? "heaviest" : "first";
  const { length } = edges;
  return [`The ${length} ${which} edges of ${length + pairs}: ${pairs} left out${lost}.`];
}

function subtitle(graph: DrawnGraph, usual: string): string[] {
  const { edges } = graph;
  const whole = edges.some(({ from }) => from === undefined);
  return [
    "Edges go up." +
    (usual
      ? ` Edges into heads reach ${[...usual].join(", ")} where no letter says otherwise.`
      : ""),
    ...notDrawn(graph),
    ...(whole ? ["A short stroke with a letter: that whole input is the other run's."] : []),
  ];
}

function describe(graph: DrawnGraph): string {
  const { nodes, edges } = graph;
  const strongest = edges
    .filter((edge) => edge.weight !== undefined)
    .sort((a, b) => Math.abs(b.weight!) - Math.abs(a.weight!))
    .slice(0, 5)
    .map((edge) => `${nameOf(edge)} ${edge.weight!.toPrecision(3)}`);
  return `A circuit of ${nodes.length} nodes and ${edges.length} edges, input at the bottom and ` +
    `logits on top; channels of one pair are one edge with the sum of their weights. ` +
    notDrawn(graph).map((line) => `${line} `).join("") +
    (strongest.length > 0
      ? `Strongest: ${strongest.join("; ")}.`
      : `Nodes: ${nodes.map(({ id }) => id).join(", ")}.`);
}

/**
 * A circuit with low layers at the bottom and a band of columns for each position, YY left and END
 * right. Edges are thicker and more strongly coloured (red negative, blue positive) the more they
 * carry; grey where no weight is given. Of more than 1,000 pairs of nodes the heaviest are drawn; the
 * subtitle says how many were left out.
 *
 * @throws {NeuriteError} `E-FIGURE` for names, layers, channels or weights that are none, edges that
 * do not go up, or nothing to draw.
 *
 * @example Usage
 * ```ts
 * import { circuitDiagram } from "neurite/lib/figure/circuit_diagram.ts";
 *
 * const spec = circuitDiagram({
 *   layers: 4,
 *   edges: [
 *     { from: "input@YY", to: "m0@YY" },
 *     { from: "m0@YY", to: "a2.h1@END", channels: "v", weight: -0.2 },
 *     { from: "a2.h1@END", to: "logits@END", weight: -0.4 },
 *   ],
 * }, { title: "A Circuit" });
 * if (spec.name !== "circuit-diagram") throw new Error("unreachable");
 * ```
 */
export function circuitDiagram(graph: CircuitGraph, options: CircuitDiagramOptions): TopLevelSpec {
  const { name = "circuit-diagram", title, weightTitle = "Edge weight" } = options;
  const drawn = readCircuitGraph(graph);
  const { nodes, edges } = drawn;
  const layout = layoutCircuit(nodes, edges);
  const most = Math.max(0, ...edges.map(({ weight = 0 }) => Math.abs(weight))) || 1;
  const usual = usualChannels(edges);
  const px = (extent: number, reverse: boolean) => ({
    type: "quantitative" as const,
    scale: { domain: [0, extent], nice: false, zero: false, reverse },
    axis: null,
  });
  return {
    ...specHead({ name, title, description: describe(drawn) }),
    title: { text: title, subtitle: subtitle(drawn, usual) },
    width: layout.width,
    height: layout.height,
    encoding: { x: px(layout.width, false), y: px(layout.height, true) },
    layer: [
      ...groundLayers(layout),
      ...edgeLayers(layout, most, weightTitle),
      ...nodeLayers(nodes, layout),
      ...channelLayers(layout, usual),
    ],
    resolve: { scale: { color: "independent" } },
  };
}
