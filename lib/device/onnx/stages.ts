/**
 * A graph as the sequence of ONNX models that runs it. Nodes whose results nobody asks for are left
 * out. `unembedStats` is a stage of its own, because its rows must be cut finer than those of the
 * attention before it.
 *
 * @module
 */
import { elementCount } from "../../array.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import { type RowSplit, splitRows } from "./rows.ts";
import { needsAllLogits, vocabularyInputs } from "./unembed_needs.ts";

/** Nodes that become one ONNX model, run once for each chunk of rows. */
export interface Stage {
  readonly nodes: readonly Node[];
  /** Values made before it. */
  readonly inputs: readonly Value[];
  /** Values needed after it. */
  readonly outputs: readonly Value[];
  readonly split: RowSplit;
  /** Ids of the inputs with a row for each token that may be given in pieces. */
  readonly vocabulary: ReadonlySet<number>;
}

/** How much of a stage one run of its model takes. */
export interface StageCut {
  /** How many units of rows. */
  readonly units: number;
  /** In how many pieces it is given the vocabulary, one after the other. */
  readonly pieces: number;
}

/** How much a chunk of rows may hold. */
export interface ChunkLimits {
  /** Bytes of any value of a chunk, where the chunk can still be made smaller. */
  readonly valueBytes: number;
  /** Bytes of the rows that meet a piece of the vocabulary. */
  readonly rowBytes: number;
  /** Bytes of the `[rows, V]` logits of `unembedStats` where those of a row must stand together. */
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
      vocabulary: new Set(nodes.flatMap(vocabularyInputs).map(({ id }) => id)),
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

/** The inputs that a chunk's model has for a value made before its stage. */
export function inputsInChunk(stage: Stage, value: Value, { units, pieces }: StageCut): Piece[] {
  const shape = shapeInChunk(stage, value, units);
  return piecesOf(value, shape, stage.vocabulary.has(value.id) ? pieces : 1);
}

/** A quarter more chunks than are needed at least, if they are all of one size. */
const EVEN_CHUNKS = 1.25;

/**
 * How much of a stage a chunk takes. Chunks of one size share one compiled model and its scratch
 * memory, so a few more chunks are taken where that makes them equal; else they are as even as can be.
 */
export function cutStage(stage: Stage, limits: ChunkLimits): StageCut {
  const { units } = stage.split;
  const most = Math.min(mostUnits(stage, limits), units);
  const least = Math.ceil(units / Math.max(1, Math.floor(most)));
  const even = Array.from({ length: Math.floor(EVEN_CHUNKS * least) - least + 1 })
    .map((_, more) => least + more)
    .find((chunks) => units % chunks === 0);
  const taken = Math.ceil(units / (even ?? least));
  const logits = widestLogits(stage) * taken / units;
  const pieces = stage.vocabulary.size > 0 ? Math.ceil(logits / limits.valueBytes) : 1;
  return { units: taken, pieces };
}

/** How many units the limits allow at a time. */
function mostUnits(stage: Stage, { valueBytes, rowBytes, logitBytes }: ChunkLimits): number {
  const { nodes, split: { units }, vocabulary } = stage;
  const byValues = valueBytes * units / widestValue(stage);
  if (vocabulary.size === 0) return Math.min(byValues, logitBytes * units / widestLogits(stage));
  return Math.min(byValues, rowBytes * units / bytesOf(nodes[0]!.inputs[0]!));
}

/** Bytes of the largest value that a chunk makes. */
export function largestValueBytes(stage: Stage, { units, pieces }: StageCut): number {
  const share = units / stage.split.units;
  return share * Math.max(widestValue(stage), widestLogits(stage) / pieces);
}

function widestValue({ nodes }: Stage): number {
  return Math.max(...nodes.flatMap((node) => node.outputs).map(bytesOf));
}

function bytesOf({ shape }: Value): number {
  return 4 * elementCount(shape);
}

function widestLogits({ nodes }: Stage): number {
  return Math.max(...nodes.map(logitBytes));
}

function logitBytes(node: Node): number {
  if (!needsAllLogits(node)) return 0;
  const [x, unembedding] = node.inputs;
  return 4 * x!.shape[0]! * unembedding!.shape[0]!;
}
