/**
 * Which values of a graph are made row by row, so that the rows can be run in chunks.
 *
 * A chunk keeps what it makes in the processor's cache, and bounds the memory of a run: both
 * attention and the unembedding make values much larger than what they return.
 *
 * @module
 */
import type { Node, OpName, Value } from "../graph.ts";

/** How a list of nodes may be cut into chunks along the first axis. */
export interface RowSplit {
  /** Into how many equal parts at most; 1 where it may not be cut. */
  readonly units: number;
  /** Ids of the values whose first axis is cut; all others are whole in every chunk. */
  readonly cut: ReadonlySet<number>;
}

const UNCUT: RowSplit = { units: 1, cut: new Set() };

/**
 * For each operation, which inputs give row i of every output its own part: `true`, or the whole
 * input: `false`. The parts may be of different size, as with the B rows of `[B, T, D]` and the
 * B·T rows of `[B·T, D]`: the i-th of n equal parts of one belongs to the i-th of the other.
 */
const TAKES_ROWS: { [Op in OpName]: (node: Node<Op>) => boolean[] } = {
  reshape: () => [true],
  gather: () => [false, true],
  add: () => [true, true],
  concat: () => [true, true],
  linear: ({ attributes }) => [
    true,
    false,
    ...(attributes.bias ? [false] : []),
    ...(attributes.residual ? [true] : []),
  ],
  crossMoment: () => [false, false],
  gelu: () => [true],
  layerNorm: () => [true, false, false],
  layerNormScale: () => [true],
  layerNormApply: () => [true, true, false, false],
  rotary: () => [true],
  attentionScores: () => [true, true],
  attentionPattern: () => [true],
  attentionMix: () => [true, true],
  headResult: () => [true, false],
  sumHeads: () => [true, false],
  write: ({ inputs }) => [true, true, false, inputs[3]!.shape[0] !== 1],
  logits: ({ attributes }) => [true, false, ...(attributes.bias ? [false] : [])],
  unembedStats: ({ attributes }) => [
    true,
    false,
    ...(attributes.bias ? [false] : []),
    ...(attributes.targets ? [true] : []),
    ...(attributes.columns ? [false] : []),
    ...(attributes.base ? [true] : []),
    ...(attributes.scale ? [true] : []),
  ],
};

/** Operations that reduce or contract the last axis, which must then not be the first. */
const USES_LAST_AXIS: ReadonlySet<OpName> = new Set<OpName>([
  "linear",
  "layerNorm",
  "layerNormScale",
  "layerNormApply",
]);

/** Operations that sum over rows: no row of the result comes from some rows alone. */
const SUMS_ROWS: ReadonlySet<OpName> = new Set<OpName>(["crossMoment"]);

/** Finds how a list of nodes may be cut; `units` is 1 when some value is needed both ways. */
export function splitRows(nodes: readonly Node[]): RowSplit {
  const cut = new Map<number, Value>();
  const whole = new Set<number>();
  for (const node of nodes) {
    if (SUMS_ROWS.has(node.op)) return UNCUT;
    if (USES_LAST_AXIS.has(node.op) && node.outputs[0]!.shape.length === 1) return UNCUT;
    const takesRows = (TAKES_ROWS[node.op] as (node: Node) => boolean[])(node);
    node.inputs.forEach((input, index) => {
      if (takesRows[index]) cut.set(input.id, input);
      else whole.add(input.id);
    });
    for (const output of node.outputs) cut.set(output.id, output);
  }
  const values = [...cut.values()];
  if (values.some(({ id, shape }) => whole.has(id) || shape.length === 0)) return UNCUT;
  const units = values.reduce((common, { shape }) => greatestCommonDivisor(common, shape[0]!), 0);
  return units > 1 ? { units, cut: new Set(cut.keys()) } : UNCUT;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
