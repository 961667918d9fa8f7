/**
 * Nodes and edges of a circuit as names, read and checked for drawing.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../errors.ts";

/** An edge from a sender to a receiver later in the model. */
export interface CircuitEdge {
  /** `a9.h1@END`, `m3@YY`, `input@YY`; `whole` where the whole input is another run's. */
  readonly from: string;
  /** As `from`, or `logits@END`. */
  readonly to: string;
  /** Inputs of a receiving head, of the letters q, k and v. @default all of them, unsaid */
  readonly channels?: string | undefined;
  /** What the edge carries. @default unsaid, drawn grey */
  readonly weight?: number | undefined;
}

/** A circuit as figures take it. */
export interface CircuitGraph {
  /** Nodes that are in no edge. */
  readonly nodes?: readonly string[];
  readonly edges: readonly CircuitEdge[];
  /** Layers of the model. */
  readonly layers: number;
}

/** A node, read. */
export interface GraphNode {
  /** As given, `a9.h1@END`. */
  readonly id: string;
  /** Without its position, `a9.h1`. */
  readonly label: string;
  /** Empty where the name has none. */
  readonly position: string;
  readonly kind: "input" | "head" | "mlp" | "logits";
  /** -1 for the input, the number of layers for the logits. */
  readonly layer: number;
  readonly head: number;
}

/** One edge a pair of nodes: the channels joined, their weights summed. */
export interface GraphEdge {
  /** `undefined` for `whole`. */
  readonly from: GraphNode | undefined;
  readonly to: GraphNode;
  /** Such as `"kv"`; empty where unsaid. */
  readonly channels: string;
  readonly weight: number | undefined;
}

/** Above this many pairs the lines of a diagram cannot be told apart. */
export const MAX_EDGES = 1000;
const MAX_LAYERS = 1000;

function refused(thing: string, is: string, expected: string): NeuriteError {
  return cannot("E-FIGURE", {
    do: "draw circuit",
    thing,
    is,
    expected,
    hint: "write nodes as a9.h1@END, m3@YY, input@YY, logits@END",
  });
}

function readNode(id: string, layers: number): GraphNode {
  const match = /^(?:a(\d{1,4})\.h(\d{1,4})|m(\d{1,4})|input|logits)(?:@([\w+-]{1,24}))?$/.exec(id);
  if (!match) throw refused(id, "no node's name", "a head, an MLP, input or logits");
  const [whole, attention, head, mlp, position = ""] = match;
  const label = whole.split("@")[0]!;
  if (label === "input") return { id, label, position, kind: "input", layer: -1, head: 0 };
  if (label === "logits") return { id, label, position, kind: "logits", layer: layers, head: 0 };
  const layer = Number(attention ?? mlp);
  if (layer >= layers) throw refused(id, `layer ${layer}`, `a layer below ${layers}`);
  return { id, label, position, kind: mlp ? "mlp" : "head", layer, head: Number(head ?? 0) };
}

/** Place in the order of computation: a layer's heads, then its MLP. */
function depth({ kind, layer }: GraphNode): number {
  return 2 * layer + (kind === "mlp" ? 1 : 0);
}

function joinChannels(a: string, b: string): string {
  return [..."qkv"].filter((letter) => a.includes(letter) || b.includes(letter)).join("");
}

/** A circuit, read: what is drawn of it. */
export interface DrawnGraph {
  /** In the order of computation. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Pairs that are not drawn, and the nodes that stand in no other pair. */
  readonly leftOut: { readonly pairs: number; readonly nodes: number };
}

/** The heaviest pairs in the order they were given; those without a weight give way first. */
function heaviest(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  if (edges.length <= MAX_EDGES) return edges;
  const size = ({ weight }: GraphEdge) => weight === undefined ? -1 : Math.abs(weight);
  const kept = new Set(edges.toSorted((a, b) => size(b) - size(a)).slice(0, MAX_EDGES));
  return edges.filter((edge) => kept.has(edge));
}

/**
 * Reads a circuit: its nodes once each in the order of computation, its edges once a pair. Of more than
 * 1,000 pairs the heaviest are drawn, without the nodes of the others alone.
 *
 * @throws {NeuriteError} `E-FIGURE` for an unknown name, a layer that the model lacks, an edge that
 * does not go up, channels other than q, k and v, a weight that is not finite, or nothing to draw.
 */
export function readCircuitGraph(graph: CircuitGraph): DrawnGraph {
  const { layers } = graph;
  if (!Number.isInteger(layers) || layers < 1 || layers > MAX_LAYERS) {
    throw refused("circuit", `${layers} layers`, `1 to ${MAX_LAYERS}`);
  }
  const nodes = new Map<string, GraphNode>();
  const nodeOf = (id: string): GraphNode => {
    const node = nodes.get(id) ?? readNode(id, layers);
    nodes.set(id, node);
    return node;
  };
  graph.nodes?.forEach(nodeOf);
  const edges = new Map<string, GraphEdge>();
  for (const { from: sender, to: receiver, channels = "", weight } of graph.edges) {
    const name = `${sender}->${receiver}`;
    const from = sender === "whole" ? undefined : nodeOf(sender);
    const to = nodeOf(receiver);
    if (from && depth(from) >= depth(to)) {
      throw refused(name, "an edge that does not go up", "a sender before its receiver");
    }
    if (!/^[qkv]{0,3}$/.test(channels)) {
      throw refused(name, `channels "${channels}"`, "letters of q, k and v");
    }
    if (weight !== undefined && !Number.isFinite(weight)) {
      throw refused(name, `weight ${weight}`, "a finite weight, or none");
    }
    const known = edges.get(name);
    edges.set(name, {
      from,
      to,
      channels: joinChannels(channels, known?.channels ?? ""),
      weight: known?.weight === undefined ? weight : known.weight + (weight ?? 0),
    });
  }
  if (nodes.size === 0) throw refused("circuit", "no node and no edge", "at least a node");
  const pairs = [...edges.values()];
  const drawn = heaviest(pairs);
  const ends = (some: readonly GraphEdge[]) =>
    new Set(some.flatMap(({ from, to }) => from ? [from, to] : [to]));
  const lost = ends(pairs).difference(ends(drawn));
  return {
    nodes: [...nodes.values()].filter((node) => !lost.has(node))
      .sort((a, b) => depth(a) - depth(b) || a.head - b.head),
    edges: drawn,
    leftOut: { pairs: pairs.length - drawn.length, nodes: lost.size },
  };
}
