/**
 * Where the nodes and edges of a circuit stand: rows of layers from the input at the bottom to the
 * logits on top, a band of columns for each position in the prompt.
 *
 * @module
 */
import type { GraphEdge, GraphNode } from "./circuit_graph.ts";

/** A point, px from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A row of the diagram. */
export interface LayoutRow {
  readonly label: string;
  readonly top: number;
  readonly bottom: number;
}

/** Columns of one position. */
export interface LayoutBand {
  readonly position: string;
  readonly left: number;
  readonly right: number;
}

/** A laid-out edge: a cubic curve from its sender up to its receiver. */
export interface LayoutEdge {
  readonly edge: GraphEdge;
  readonly curve: readonly [Point, Point, Point, Point];
}

/** A laid-out circuit. */
export interface CircuitLayout {
  readonly width: number;
  readonly height: number;
  /** Centre of each node by its id. */
  readonly places: ReadonlyMap<string, Point>;
  readonly rows: readonly LayoutRow[];
  readonly bands: readonly LayoutBand[];
  readonly edges: readonly LayoutEdge[];
}

/** Size of a node's box, px. */
export const NODE = { width: 50, height: 20 } as const;

const SLOT = 70;
const ROW = { layer: 82, end: 48 } as const;
/** How far an MLP stands above, and a head below, the middle of their layer, px. */
const RAISE = 19;
/** Between lone heads of neighbouring layers, so that edges can go up beside them, px. */
const SHIFT = 36;
const LABELS = 64;
const BAND_GAP = 84;
const CLEAR = 5;
/** Rise between the places where a curve is looked at, px: well below a box's height. */
const STEP = 8;

/** YY is left and END right; others stand between them as they come. */
function bandOrder(nodes: readonly GraphNode[]): string[] {
  const names = [...new Set(nodes.map(({ position }) => position))];
  const rank = (name: string) => name === "YY" ? -1 : name === "END" ? 1 : 0;
  return names.sort((a, b) => rank(a) - rank(b));
}

/** Rows from the top, only of layers that have a node. */
function layoutRows(nodes: readonly GraphNode[]): Map<number, LayoutRow> {
  const layers = [...new Map(nodes.map((node) => [node.layer, node.kind]))];
  layers.sort(([a], [b]) => b - a);
  let top = 0;
  return new Map(layers.map(([layer, kind]) => {
    const isEnd = kind === "input" || kind === "logits";
    const bottom = top + (isEnd ? ROW.end : ROW.layer);
    const row = { label: isEnd ? kind : `layer ${layer}`, top, bottom };
    top = bottom;
    return [layer, row];
  }));
}

/** Nodes of one band: heads spread over their columns, MLPs in a column at the outer side. */
function placeBand(
  nodes: readonly GraphNode[],
  { left, isLast }: { readonly left: number; readonly isLast: boolean },
  rows: ReadonlyMap<number, LayoutRow>,
): { places: [string, Point][]; right: number } {
  const heads = Map.groupBy(nodes.filter(({ kind }) => kind === "head"), ({ layer }) => layer);
  const most = Math.max(0, ...[...heads.values()].map((list) => list.length));
  const zone = most === 0 ? 0 : SLOT * (most + 1);
  const hasMlp = nodes.some(({ kind }) => kind === "mlp");
  const right = left + Math.max(zone + (hasMlp ? SLOT : 0), SLOT);
  // Edges leave a band towards the last one: no MLP stands in the way of its heads' edges.
  const headsLeft = hasMlp && !isLast ? left + SLOT : left;
  const mlpX = isLast ? right - SLOT / 2 : left + SLOT / 2;
  const layers = [...rows.keys()].sort((a, b) => a - b);
  const places = nodes.map((node): [string, Point] => {
    const row = rows.get(node.layer)!;
    const middle = (row.top + row.bottom) / 2;
    if (node.kind === "mlp") return [node.id, { x: mlpX, y: middle - (most === 0 ? 0 : RAISE) }];
    if (node.kind !== "head") return [node.id, { x: (left + right) / 2, y: middle }];
    const beside = heads.get(node.layer)!;
    const step = zone / beside.length;
    const shift = beside.length === 1 ? (layers.indexOf(node.layer) % 2 - 0.5) * SHIFT : 0;
    const x = headsLeft + step * (beside.indexOf(node) + 0.5) + shift;
    return [node.id, { x, y: middle + (hasMlp ? RAISE : 0) }];
  });
  return { places, right };
}

/** The point at `t` in 0..1 of a cubic curve. */
export function curvePoint([a, b, c, d]: LayoutEdge["curve"], t: number): Point {
  const s = 1 - t;
  const [wa, wb, wc, wd] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return {
    x: wa * a.x + wb * b.x + wc * c.x + wd * d.x,
    y: wa * a.y + wb * b.y + wc * c.y + wd * d.y,
  };
}

/**
 * How often a curve goes over boxes of nodes that are not its own, or over the row labels; counted
 * up to `most`, where a better curve is known.
 */
function hits(curve: LayoutEdge["curve"], boxes: readonly Point[], most: number): number {
  const [reachX, reachY] = [NODE.width / 2 + CLEAR, NODE.height / 2 + CLEAR];
  const samples = Math.ceil((curve[0].y - curve[3].y) / STEP) + 1;
  let count = 0;
  for (let i = 1; i < samples && count < most; i++) {
    const { x, y } = curvePoint(curve, i / samples);
    if (x < LABELS) count++;
    for (const box of boxes) {
      if (Math.abs(y - box.y) < reachY && Math.abs(x - box.x) < reachX) count++;
    }
  }
  return count;
}

/** How a curve leaves its straight way: sideways, px, and how steeply it starts and ends. */
interface Bend {
  readonly bow: number;
  readonly start: number;
  readonly end: number;
}

const EVEN: Bend = { bow: 0, start: 0.4, end: 0.4 };
const STEEPNESS = [0.4, 0.75, 0.1] as const;

function curveOf(from: Point, to: Point, { bow, start, end }: Bend): LayoutEdge["curve"] {
  const rise = from.y - to.y;
  return [
    from,
    { x: from.x + bow, y: from.y - start * rise },
    { x: to.x + bow, y: to.y + end * rise },
    to,
  ];
}

/** Ways to bend a curve over `rise` px, the gentlest first. */
function bends(rise: number): Bend[] {
  const unit = 16 + rise / 24;
  const sides = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 8, -8];
  return sides
    .flatMap((side) =>
      STEEPNESS.flatMap((start) => STEEPNESS.map((end) => ({ bow: side * unit, start, end })))
    )
    .map((bend) => ({
      bend,
      cost: Math.abs(bend.bow) / unit + 3 * Math.abs(bend.start - 0.4) +
        3 * Math.abs(bend.end - 0.4),
    }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ bend }) => bend);
}

/** The gentlest curve that goes over the fewest other nodes. */
function route(from: Point, to: Point, boxes: readonly Point[]): LayoutEdge["curve"] {
  let best = curveOf(from, to, EVEN);
  let fewest = hits(best, boxes, Infinity);
  if (fewest === 0) return best;
  for (const bend of bends(from.y - to.y)) {
    const curve = curveOf(from, to, bend);
    const count = hits(curve, boxes, fewest);
    if (count >= fewest) continue;
    best = curve;
    fewest = count;
    if (count === 0) break;
  }
  return best;
}

function layoutEdge(edge: GraphEdge, places: ReadonlyMap<string, Point>): LayoutEdge {
  const to = places.get(edge.to.id)!;
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  if (!edge.from) {
    const start = { x: end.x - NODE.width / 2 - 4, y: end.y + 12 };
    return { edge, curve: curveOf(start, end, EVEN) };
  }
  const from = places.get(edge.from.id)!;
  const boxes = [...places.values()].filter((point) => point !== from && point !== to);
  return { edge, curve: route({ x: from.x, y: from.y - NODE.height / 2 }, end, boxes) };
}

/** Lays out a circuit as {@linkcode readCircuitGraph} reads it. */
export function layoutCircuit(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
): CircuitLayout {
  const rows = layoutRows(nodes);
  const places = new Map<string, Point>();
  const bands: LayoutBand[] = [];
  let left = LABELS + BAND_GAP / 2;
  const order = bandOrder(nodes);
  for (const position of order) {
    const own = nodes.filter((node) => node.position === position);
    const band = placeBand(own, { left, isLast: position === order.at(-1) }, rows);
    for (const [id, point] of band.places) places.set(id, point);
    bands.push({ position, left, right: band.right });
    left = band.right + BAND_GAP;
  }
  const laid = edges.map((edge) => layoutEdge(edge, places));
  const reach = laid.map(({ curve }) => curvePoint(curve, 0.5).x + NODE.width / 4);
  return {
    width: Math.ceil(Math.max(left - BAND_GAP / 2, ...reach)),
    height: Math.max(...[...rows.values()].map(({ bottom }) => bottom)),
    places,
    rows: [...rows.values()],
    bands,
    edges: laid,
  };
}
