/**
 * The marks of a circuit diagram: ground, edges, nodes, letters.
 *
 * @module
 */
import type { GraphEdge, GraphNode } from "./circuit_graph.ts";
import { type CircuitLayout, curvePoint, NODE } from "./circuit_layout.ts";
import { barTicks, barTitle } from "./color_bar.ts";
import { colorScale } from "./color_scale.ts";
import type { Layer } from "./spec_types.ts";

const FILLS = { head: "#ddebf7", mlp: "#fde9d3", input: "#eceff2", logits: "#eceff2" } as const;
const GREY = "#8c959f";
const INK = "#1f2328";
const BAR = 160;
const THINNEST = 0.8;
const THICKEST = 5;
/** Edges that cross show each other. */
const EDGE_OPACITY = 0.9;
/** Least strength of an edge's colour: at 0 the scale is as white as the page. */
const PALEST = 0.25;

/** `a9.h1@END to m10@END`, with the channels where they are said. */
export function nameOf({ from, to, channels }: GraphEdge): string {
  return `${from?.id ?? "whole"} to ${to.id}${channels ? ` (${channels})` : ""}`;
}

function pathOf(points: readonly { x: number; y: number }[]): string {
  const [start, ...rest] = points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
  return `M${start}C${rest.join(" ")}`;
}

/** Strongest last, so that it lies on top. */
function edgeRows(layout: CircuitLayout, most: number) {
  return layout.edges
    .map(({ edge, curve }) => ({
      edge: nameOf(edge),
      weight: edge.weight ?? null,
      path: pathOf(curve),
      thickness: edge.weight === undefined
        ? 1
        : THINNEST + (THICKEST - THINNEST) * Math.abs(edge.weight) / most,
    }))
    .sort((a, b) => Math.abs(a.weight ?? 0) - Math.abs(b.weight ?? 0));
}

/**
 * A curve an edge, `most` the largest weight without its sign; a colour bar where there are weights.
 */
export function edgeLayers(layout: CircuitLayout, most: number, title: string): Layer[] {
  const rows = edgeRows(layout, most);
  const common = {
    x: { value: 0 },
    y: { value: 0 },
    // A shape of size 4 is drawn in its own px.
    size: { value: 4 },
    shape: { field: "path", type: "nominal" as const, scale: null, legend: null },
    strokeWidth: { field: "thickness", type: "quantitative" as const, scale: null, legend: null },
    description: { field: "edge", type: "nominal" as const },
  };
  // A mark's own opacity would have a picture of its own for each edge in the PNG, five times slower.
  const mark = { type: "point" as const, filled: false, opacity: 1 };
  const grey: Layer = {
    data: { values: rows.filter(({ weight }) => weight === null) },
    mark: { ...mark, strokeOpacity: 0.55 },
    encoding: { ...common, color: { value: GREY } },
  };
  const weighted = rows.filter(({ weight }) => weight !== null);
  if (weighted.length === 0) return [grey];
  const { colorOf, domain } = colorScale("RdBu", [-most, most]);
  const strong = (x: number) => Math.sign(x) * Math.max(Math.abs(x), PALEST * most);
  const range = domain.map((x) => {
    const [r, g, b] = x === 0 ? [200, 200, 205] : colorOf(strong(x));
    return `rgb(${r}, ${g}, ${b})`;
  });
  return [grey, {
    data: { values: weighted },
    mark: { ...mark, strokeOpacity: EDGE_OPACITY },
    encoding: {
      ...common,
      color: {
        field: "weight",
        type: "quantitative",
        title: barTitle(title),
        scale: { domain: [...domain], range, interpolate: "rgb", clamp: true },
        legend: {
          format: ".3~g",
          gradientLength: BAR,
          gradientOpacity: EDGE_OPACITY,
          values: barTicks(-most, most, BAR),
        },
      },
    },
  }];
}

/** Bands and names of the layers, names of the positions. */
export function groundLayers({ rows, bands, width }: CircuitLayout): Layer[] {
  const text = { type: "text" as const, color: "#424a53", fontSize: 11 };
  return [
    {
      data: {
        values: rows.filter((_, i) => i % 2 === 0).map(({ top, bottom }) => ({ top, bottom })),
      },
      mark: { type: "rect", color: "#f6f8fa" },
      encoding: {
        x: { value: 0 },
        x2: { value: width },
        y: { field: "top", type: "quantitative" },
        y2: { field: "bottom" },
      },
    },
    {
      data: { values: rows.map(({ label, top, bottom }) => ({ label, y: (top + bottom) / 2 })) },
      mark: { ...text, align: "left" },
      encoding: {
        x: { value: 6 },
        y: { field: "y", type: "quantitative" },
        text: { field: "label", type: "nominal" },
      },
    },
    {
      data: {
        values: bands.filter(({ position }) => position !== "")
          .map(({ position, left, right }) => ({
            label: `position ${position}`,
            x: (left + right) / 2,
          })),
      },
      mark: { ...text, fontWeight: 600, fontSize: 12, baseline: "bottom" },
      encoding: {
        x: { field: "x", type: "quantitative" },
        y: { value: -6 },
        text: { field: "label", type: "nominal" },
      },
    },
  ];
}

/** A box and a name a node. */
export function nodeLayers(nodes: readonly GraphNode[], { places }: CircuitLayout): Layer[] {
  const values = nodes.map(({ id, label, kind }) => {
    const { x, y } = places.get(id)!;
    const [w, h] = [NODE.width / 2, NODE.height / 2];
    return {
      id,
      label,
      x,
      y,
      left: x - w,
      right: x + w,
      top: y - h,
      bottom: y + h,
      fill: FILLS[kind],
    };
  });
  const description = { field: "id", type: "nominal" as const };
  return [
    {
      data: { values },
      mark: { type: "rect", cornerRadius: 5, stroke: "#57606a", strokeWidth: 1 },
      encoding: {
        x: { field: "left", type: "quantitative" },
        x2: { field: "right" },
        y: { field: "top", type: "quantitative" },
        y2: { field: "bottom" },
        color: { field: "fill", type: "nominal", scale: null, legend: null },
        description,
      },
    },
    {
      data: { values },
      mark: { type: "text", color: INK, fontSize: 11, baseline: "middle" },
      encoding: {
        x: { field: "x", type: "quantitative" },
        y: { field: "y", type: "quantitative" },
        text: { field: "label", type: "nominal" },
        description,
      },
    },
  ];
}

/** Letters at edges into heads whose channels are not the usual ones, white behind them. */
export function channelLayers(layout: CircuitLayout, usual: string): Layer[] {
  const values = layout.edges.flatMap(({ edge, curve }) => {
    const isUsual = edge.from !== undefined && edge.channels === usual;
    if (edge.channels === "" || isUsual) return [];
    return [{ label: edge.channels, ...curvePoint(curve, edge.from ? 0.5 : 0) }];
  });
  if (values.length === 0) return [];
  const layer = (look: { color: string } | { stroke: string; strokeWidth: number }): Layer => ({
    data: { values },
    mark: { type: "text", fontSize: 10, ...look },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative" },
      text: { field: "label", type: "nominal" },
    },
  });
  return [layer({ stroke: "#ffffff", strokeWidth: 3 }), layer({ color: INK })];
}
