/**
 * The vocabulary: all logits, or their statistics streamed over slices of tokens.
 *
 * @module
 */
import type { Node, UnembedStat, Value } from "../../graph.ts";
import type { PlanBuilder } from "../plan_builder.ts";
import { type Operand, wrapGroups } from "../step.ts";
import { gatherRows } from "./elements.ts";
import { lowerGemm } from "./gemm.ts";

interface Unembedding {
  x: Value;
  weight: Value;
  bias: Value | undefined;
  base?: Value | undefined;
  scale?: Value | undefined;
}

/** What the kernels after a product add to it: the bias too where a scale comes before it. */
function addends({ weight, bias, base, scale }: Unembedding) {
  return {
    inProduct: scale ? undefined : bias,
    constants: {
      HAS_BASE: Number(base !== undefined),
      HAS_SCALE: Number(scale !== undefined),
      HAS_BIAS: Number(scale !== undefined && bias !== undefined),
    },
    bind: {
      ...(base ? { base } : {}),
      ...(scale ? { scale, ...(bias ? { bias } : {}) } : {}),
    },
    vocabulary: weight.shape[0]!,
  };
}

/** Tokens `start .. start + width`, all in one part of the table. */
interface Slice {
  start: number;
  width: number;
  part: number;
  /** First row of the slice within the part. */
  row: number;
}

/** Products (with `bias`) of a slice into `c`, whose rows are `row` apart and begin `offset` elements in. */
function sliceProducts(
  builder: PlanBuilder,
  { x, weight, bias }: Pick<Unembedding, "x" | "weight" | "bias">,
  slice: Slice,
  target: { c: Value | Operand; row: number; offset: number; of?: { rows: number; part: number } },
): void {
  const [N, D] = x.shape as [number, number];
  lowerGemm(builder, {
    name: "logits",
    m: target.of?.rows ?? N,
    n: slice.width,
    k: D,
    a: target.of ? { slot: builder.root(x).id, part: target.of.part } : x,
    b: { slot: builder.root(weight).id, part: slice.part },
    c: target.c,
    bias,
    biasOffset: slice.start,
    transposedB: true,
    aRow: D,
    bRow: D,
    bOffset: slice.row * D,
    cRow: target.row,
    cOffset: target.offset,
  });
}

function slicesOf(builder: PlanBuilder, weight: Value, width: number): Slice[] {
  return builder.parts(weight).flatMap(({ start, rows }, part) =>
    Array.from({ length: Math.ceil(rows / width) }, (_, index): Slice => ({
      start: start + index * width,
      width: Math.min(width, rows - index * width),
      part,
      row: index * width,
    }))
  );
}

/** `logits`: one product a part of the unembedding and of the rows, which may be a table too. */
export function lowerLogits(builder: PlanBuilder, node: Node<"logits">): void {
  const [x, weight, bias] = node.inputs as [Value, Value, Value?];
  const V = weight.shape[0]!;
  const rows = builder.parts(x).map((part, index) => ({ ...part, part: index }));
  for (const slice of slicesOf(builder, weight, V)) {
    for (const part of rows) {
      const offset = part.start * V + slice.start;
      const target = { c: node.outputs[0]!, row: V, offset, of: part };
      sliceProducts(builder, { x, weight, bias }, slice, target);
    }
  }
}

/** Tokens of a slice so that its logits take no more than the limit, in whole tiles if it can. */
function sliceWidth(builder: PlanBuilder, rows: number): number {
  const { sliceBytes, maxBindingBytes } = builder.limits;
  const tokens = Math.floor(Math.min(sliceBytes, maxBindingBytes) / (4 * Math.max(rows, 1)));
  return tokens < 128 ? Math.max(1, tokens) : Math.floor(tokens / 128) * 128;
}

/** Logits of chosen tokens: their rows of the table, gathered, then one product. */
function lowerColumns(
  builder: PlanBuilder,
  unembedding: Unembedding,
  { columns, out }: { columns: Value; out: Value },
): void {
  const { x, weight, base, scale } = unembedding;
  const { inProduct, constants, bind, vocabulary } = addends(unembedding);
  const [N, D] = x.shape as [number, number];
  const C = columns.shape[0]!;
  const rows = builder.temporary([C, D]);
  gatherRows(builder, weight, { ids: columns, out: rows });
  const isDone = !base && !scale;
  const products = isDone ? out : builder.temporary([N, C]);
  lowerGemm(builder, {
    name: "columnLogits",
    m: N,
    n: C,
    k: D,
    a: x,
    b: rows,
    c: products,
    bias: inProduct && biasOf(builder, inProduct, columns),
    transposedB: true,
    aRow: D,
    bRow: D,
    cRow: C,
  });
  if (isDone) return;
  builder.step({
    kernel: "unembed_columns",
    name: "columnLogits",
    constants,
    bind: { products, columns, out, ...bind },
    params: { rows: N, width: C, vocabulary, missing: NaN },
    groups: wrapGroups(Math.ceil(N * C / 256)),
  });
}

function biasOf(builder: PlanBuilder, bias: Value, ids: Value): Operand {
  const chosen = builder.temporary([ids.shape[0]!]);
  gatherRows(builder, bias, { ids, out: chosen });
  return chosen;
}

/** The target's logit of each row, to the bit as the slices have it. */
function lowerTargets(
  builder: PlanBuilder,
  unembedding: Unembedding,
  { targets, out }: { targets: Value; out: Value | Operand },
): void {
  const { x, weight, bias } = unembedding;
  const { constants, bind, vocabulary } = addends(unembedding);
  const [N, D] = x.shape as [number, number];
  const picked = builder.temporary([N, D]);
  gatherRows(builder, weight, { ids: targets, out: picked });
  builder.step({
    kernel: "row_dot",
    name: "targetLogit",
    constants: { ...constants, HAS_BIAS: Number(bias !== undefined) },
    bind: {
      ...bind,
      x,
      picked,
      targets,
      out,
      ...(bias ? { bias: biasOf(builder, bias, targets) } : {}),
    },
    params: { rows: N, width: D, vocabulary },
    groups: wrapGroups(Math.ceil(N / 64)),
  });
}

/** Streams the vocabulary once: running maximum, sums and rank a row. */
function lowerSums(
  builder: PlanBuilder,
  unembedding: Unembedding,
  target: { targets: Value; targetLogit: Value | Operand } | undefined,
): Operand {
  const { x, weight } = unembedding;
  const { inProduct, constants, bind, vocabulary } = addends(unembedding);
  const N = x.shape[0]!;
  const width = sliceWidth(builder, N);
  let state: Operand | undefined;
  for (const slice of slicesOf(builder, weight, width)) {
    const products = builder.temporary([N, slice.width]);
    sliceProducts(builder, { x, weight, bias: inProduct }, slice, {
      c: products,
      row: slice.width,
      offset: 0,
    });
    const after = builder.temporary([N, 4]);
    builder.step({
      kernel: "unembed_stats",
      name: "unembedStats",
      constants: { ...constants, HAS_TARGETS: Number(target !== undefined), FIRST: Number(!state) },
      bind: { products, after, ...bind, ...target, ...(state ? { before: state } : {}) },
      params: { rows: N, start: slice.start, width: slice.width, vocabulary },
      groups: wrapGroups(N),
    });
    state = after;
  }
  return state!;
}

const FINISH_CODES = { logZ: 0, entropy: 1, rank: 2 } as const;

/** `unembedStats`. Only the asked statistics are computed; columns and targets need no stream. */
export function lowerUnembedStats(builder: PlanBuilder, node: Node<"unembedStats">): void {
  const [x, weight, ...rest] = node.inputs as [Value, Value, ...Value[]];
  const { attributes } = node;
  const bias = attributes.bias ? rest.shift() : undefined;
  const targets = attributes.targets ? rest.shift() : undefined;
  const columns = attributes.columns ? rest.shift() : undefined;
  const base = attributes.base ? rest.shift() : undefined;
  const scale = attributes.scale ? rest.shift() : undefined;
  const unembedding = { x, weight, bias, base, scale };
  const outputs = new Map<UnembedStat, Value>(
    attributes.stats.map((stat, index) => [stat, node.outputs[index]!]),
  );

  const columnLogits = outputs.get("columnLogits");
  if (columnLogits) lowerColumns(builder, unembedding, { columns: columns!, out: columnLogits });

  const N = x.shape[0]!;
  let target: { targets: Value; targetLogit: Value | Operand } | undefined;
  if (outputs.has("targetLogit") || outputs.has("rank")) {
    const targetLogit = outputs.get("targetLogit") ?? builder.temporary([N]);
    lowerTargets(builder, unembedding, { targets: targets!, out: targetLogit });
    target = { targets: targets!, targetLogit };
  }

  const streamed = (["logZ", "entropy", "rank"] as const).filter((stat) => outputs.has(stat));
  if (streamed.length === 0) return;
  const ranked = outputs.has("rank") ? target : undefined;
  const state = lowerSums(builder, unembedding, ranked);
  for (const stat of streamed) {
    builder.step({
      kernel: "unembed_finish",
      name: stat,
      constants: { STAT: FINISH_CODES[stat] },
      bind: {
        state,
        out: outputs.get(stat)!,
        ...(stat === "rank" ? { targetLogit: target!.targetLogit } : {}),
      },
      params: { rows: N },
      groups: wrapGroups(Math.ceil(N / 64)),
    });
  }
}
