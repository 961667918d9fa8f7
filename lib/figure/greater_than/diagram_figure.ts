/**
 * The circuit of a run as a diagram.
 *
 * @module
 */
import { circuitDiagram } from "../circuit_diagram.ts";
import type { CircuitGraph } from "../circuit_graph.ts";
import type { FigureEntry } from "../write_report.ts";

/**
 * circuit-diagram: nodes by layer and position, edges by what they carry.
 *
 * @throws {NeuriteError} `E-FIGURE` as {@linkcode circuitDiagram}.
 */
export function diagramFigure(
  graph: CircuitGraph,
  { model, name = "circuit-diagram" }: { readonly model: string; readonly name?: string },
): FigureEntry {
  const isWeighted = graph.edges.some(({ weight }) => weight !== undefined);
  return {
    name,
    spec: circuitDiagram(graph, {
      name,
      title: `${model} Circuit`,
      weightTitle: "prob diff variation",
    }),
    caption: "The circuit, input at the bottom and logits on top, start year left and last " +
      "position right." +
      (isWeighted
        ? " Red and thick: patching this edge alone lowers the probability difference most."
        : ""),
  };
}
