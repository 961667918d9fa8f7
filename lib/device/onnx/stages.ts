/**
 * A graph as the sequence of ONNX models that runs it. Nodes whose results nobody asks for are left
 * out. `unembedStats` is a stage of its own, because its rows must be cut finer than those of the
 * attention before it.
 *
 * @module
 */
import { elementCount } from "../../array.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { type RowSplit, splitRows } from "./rows.ts";
import { needsAllLogits } from "./translate_unembed.ts";

/** Nodes that become one ONNX model, run once for each chunk of rows. */
export interface Stage {
  readonly nodes: readonly Node[];
  /** Values made before it. */
  readonly inputs: readonly Value[];
  /** Values needed after it. */
  readonly outputs: readonly Value[];
  readonly split: RowSplit;
}

/** How much a chunk of rows may hold, in bytes of its largest value. */
export interface ChunkLimits {
  /** Bytes of any value of a chunk, where the chunk can still be made smaller. */
  readonly valueBytes: number;
  /** Bytes of the `[rows, V]` logits of `unembedStats`. */
  readonly logitBytes: number;
}

function neededNodes(graph: Graph): Node[] {
  const needed = new Set([...graph.outputs.values()].map((value) => value.id));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output.id))) continue;
    for (const input of node.inputs) needed.add(input.id);
    nodes.push(node);
  }
  return nodes.reverse();
}

function runsOfNodes(nodes: readonly Node[]): Node[][] {
  const runs: Node[][] = [];
  let open: Node[] | undefined;
  for (const node of nodes) {
    if (node.op === "unembedStats") {
      runs.push([node]);
      open = undefined;
    } else if (open) {
      open.push(node);
    } else {
      runs.push(open = [node]);
    }
  }
  return runs;
}

/** The stages of a graph, in running order. */
export function planStages(graph: Graph): Stage[] {
  const runs = runsOfNodes(neededNodes(graph));
  const needed = new Set([...graph.outputs.values()].map((value) => value.id));
  const stages: Stage[] = [];
  for (const nodes of runs.reverse()) {
    const made = new Map(nodes.flatMap(({ outputs }) => outputs.map((value) => [value.id, value])));
    const inputs = new Map(
      nodes.flatMap((node) => node.inputs).filter(({ id }) => !made.has(id))
        .map((value) => [value.id, value]),
    );
    stages.push({
      nodes,
      inputs: [...inputs.values()],
      outputs: [...made.values()].filter(({ id }) => needed.has(id)),
      split: splitRows(nodes),
    });
    for (const id of inputs.keys()) needed.add(id);
  }
  return stages.reverse();
}

/** The shape of a value in a chunk of `units` units. */
export function shapeInChunk({ split }: Stage, value: Value, units: number): readonly number[] {
  if (!split.cut.has(value.id)) return value.shape;
  const [first, ...rest] = value.shape as [number, ...number[]];
  return [first / split.units * units, ...rest];
}

/** A quarter more chunks than are needed at least, if they are all of one size. */
const EVEN_CHUNKS = 1.25;

/**
 * How many units a chunk of a stage takes. Chunks of one size share one compiled model and its scratch
 * memory, so a few more chunks are taken where that makes them equal; else they are as even as can be.
 */
export function unitsPerChunk(stage: Stage, limits: ChunkLimits): number {
  const { units } = stage.split;
  const widest = widestValue(stage) / units;
  const logits = widestLogits(stage) / units;
  const most = Math.min(limits.valueBytes / widest, limits.logitBytes / logits, units);
  const least = Math.ceil(units / Math.max(1, Math.floor(most)));
  for (let chunks = least; chunks <= EVEN_CHUNKS * least; chunks++) {
    if (units % chunks === 0) return units / chunks;
  }
  return Math.ceil(units / least);
}

/** Bytes of the largest value that a chunk makes. */
export function largestValueBytes(stage: Stage, units: number): number {
  return Math.max(widestValue(stage), widestLogits(stage)) * units / stage.split.units;
}

function widestValue({ nodes }: Stage): number {
  return Math.max(
    ...nodes.flatMap((node) => node.outputs).map(({ shape }) => 4 * elementCount(shape)),
  );
}

function widestLogits({ nodes }: Stage): number {
  return Math.max(...nodes.map(logitBytes));
}

function logitBytes(node: Node): number {
  if (node.op !== "unembedStats" || !needsAllLogits(node as Node<"unembedStats">)) return 0;
  const [x, unembedding] = node.inputs;
  return 4 * x!.shape[0]! * unembedding!.shape[0]!;
}
