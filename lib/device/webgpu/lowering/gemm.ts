// deno-lint-ignore-file camelcase -- keys are the names of kernel files and graph attributes
/**
 * Every matrix product of the suite as one strided, batched GEMM, and the choice of its variant.
 *
 * @module
 */
import type { Activation, Node, Value } from "../../graph.ts";
import type { KernelName } from "../kernels.ts";
import type { PlanBuilder } from "../plan_builder.ts";
import { MAX_GROUPS, type Operand } from "../step.ts";

/** A GEMM kernel: `kernels/gemm_*.wgsl`. */
export type GemmVariant = Extract<KernelName, `gemm_${string}`>;

/** Rows and columns of a workgroup's tile. */
export const GEMM_TILES: Readonly<Record<GemmVariant, readonly [number, number]>> = {
  gemm_naive: [16, 16],
  gemm_16x16: [16, 16],
  gemm_64x32: [64, 32],
  gemm_128x128: [128, 128],
};

/** Value of the kernels' `ACTIVATION`. */
export const ACTIVATION_CODES: Readonly<Record<Activation, number>> = {
  none: 0,
  gelu_tanh: 1,
  gelu_erf: 2,
};

/** `c[z] [m, n] = activation(alpha · a[z] [m, k] · b[z] [k, n] + bias) + residual`; strides in elements. */
export interface Gemm {
  name: string;
  m: number;
  n: number;
  k: number;
  a: Value | Operand;
  b: Value | Operand;
  c: Value | Operand;
  bias?: Value | Operand | undefined;
  residual?: Value | undefined;
  activation?: Activation;
  alpha?: number;
  /** Whether a is stored `[k, m]`. */
  transposedA?: boolean;
  /** Whether b is stored `[n, k]`. */
  transposedB?: boolean;
  /** Batch z is (outer, head) = (z / heads, z mod heads). */
  outers?: number;
  heads?: number;
  /** Element strides; a batch stride that is left out is 0. */
  aRow: number;
  aOuter?: number;
  aHead?: number;
  bRow: number;
  bOuter?: number;
  bHead?: number;
  bOffset?: number;
  cRow: number;
  cOffset?: number;
  cOuter?: number;
  cHead?: number;
  biasOffset?: number;
  /** Masks column j of row i when j > i + maskShift. */
  maskShift?: number | undefined;
  /** Takes this variant instead of the chosen one: for tests and the bench. */
  variant?: GemmVariant | undefined;
}

/**
 * The variant for a shape: few rows take the small tile, large aligned problems the vec4 one. The
 * borders are those measured by hdae/karume on other machines; docs/kernels.md.
 */
export function chooseVariant(gemm: Gemm): GemmVariant {
  if (gemm.m <= 64) return "gemm_16x16";
  if (gemm.m < 512 || gemm.n < 128 || !isAligned(gemm)) return "gemm_64x32";
  return "gemm_128x128";
}

/** Whether every vec4 read of `gemm_128x128` falls on a multiple of four elements. */
export function isAligned(gemm: Gemm): boolean {
  const { m, n, k, transposedA = false, transposedB = false } = gemm;
  const { aRow, aOuter = 0, aHead = 0, bRow, bOuter = 0, bHead = 0, bOffset = 0 } = gemm;
  const extents = [k, transposedA ? m : 0, transposedB ? 0 : n];
  const strides = [...extents, aRow, aOuter, aHead, bRow, bOuter, bHead, bOffset];
  return strides.every((stride) => stride % 4 === 0);
}

/** Appends the dispatches of a GEMM: one, unless there are more batches than a dimension takes. */
export function lowerGemm(builder: PlanBuilder, gemm: Gemm): void {
  const { m, n, k, outers = 1, heads = 1 } = gemm;
  const variant = gemm.variant ?? chooseVariant(gemm);
  const [rows, columns] = GEMM_TILES[variant];
  const bind = {
    a: gemm.a,
    b: gemm.b,
    c: gemm.c,
    ...(gemm.bias ? { bias: gemm.bias } : {}),
    ...(gemm.residual ? { residual: gemm.residual } : {}),
  };
  const constants = {
    TRANSPOSED_A: Number(gemm.transposedA ?? false),
    TRANSPOSED_B: Number(gemm.transposedB ?? false),
    HAS_BIAS: Number(gemm.bias !== undefined),
    HAS_RESIDUAL: Number(gemm.residual !== undefined),
    CAUSAL: Number(gemm.maskShift !== undefined),
    ACTIVATION: ACTIVATION_CODES[gemm.activation ?? "none"],
  };
  const batches = outers * heads;
  for (let batchStart = 0; batchStart < batches; batchStart += MAX_GROUPS) {
    builder.step({
      kernel: variant,
      name: gemm.name,
      constants,
      bind,
      params: {
        m,
        n,
        k,
        heads,
        batchStart,
        aOuter: gemm.aOuter ?? 0,
        aHead: gemm.aHead ?? 0,
        aRow: gemm.aRow,
        bOffset: gemm.bOffset ?? 0,
        bOuter: gemm.bOuter ?? 0,
        bHead: gemm.bHead ?? 0,
        bRow: gemm.bRow,
        cOffset: gemm.cOffset ?? 0,
        cOuter: gemm.cOuter ?? 0,
        cHead: gemm.cHead ?? 0,
        cRow: gemm.cRow,
        biasOffset: gemm.biasOffset ?? 0,
        alpha: gemm.alpha ?? 1,
        maskValue: -Infinity,
        maskShift: gemm.maskShift ?? 0,
      },
      groups: [
        Math.ceil(n / columns),
        Math.ceil(m / rows),
        Math.min(MAX_GROUPS, batches - batchStart),
      ],
    });
  }
}

/** `linear`: x [M, K] · weight [K, N], bias and residual fused. */
export function lowerLinear(builder: PlanBuilder, node: Node<"linear">): void {
  const [x, weight, ...rest] = node.inputs as [Value, Value, ...Value[]];
  const { bias, activation, residual } = node.attributes;
  const [k, n] = weight.shape as [number, number];
  const out = node.outputs[0]!;
  const m = out.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  lowerGemm(builder, {
    name: "linear",
    m,
    n,
    k,
    a: x,
    b: weight,
    c: out,
    bias: bias ? rest[0] : undefined,
    residual: residual ? rest.at(-1) : undefined,
    activation,
    aRow: k,
    bRow: n,
    cRow: n,
  });
}

/** `crossMoment`: xᵀ [M, K] · y [K, N]. */
export function lowerCrossMoment(builder: PlanBuilder, node: Node<"crossMoment">): void {
  const [x, y] = node.inputs as [Value, Value];
  const [k, m] = x.shape as [number, number];
  const n = y.shape[1]!;
  lowerGemm(builder, {
    name: "crossMoment",
    m,
    n,
    k,
    a: x,
    b: y,
    c: node.outputs[0]!,
    transposedA: true,
    aRow: m,
    bRow: n,
    cRow: n,
  });
}

/** `attentionScores`: one product a (batch, head), masked by index. */
export function lowerScores(builder: PlanBuilder, node: Node<"attentionScores">): void {
  const [q, k] = node.inputs as [Value, Value];
  const [B, T, H, K] = q.shape as [number, number, number, number];
  const S = k.shape[1]!;
  lowerGemm(builder, {
    name: "attentionScores",
    m: T,
    n: S,
    k: K,
    a: q,
    b: k,
    c: node.outputs[0]!,
    alpha: node.attributes.scale,
    transposedB: true,
    outers: B,
    heads: H,
    aRow: H * K,
    aOuter: T * H * K,
    aHead: K,
    bRow: H * K,
    bOuter: S * H * K,
    bHead: K,
    cRow: S,
    cOuter: H * T * S,
    cHead: T * S,
    maskShift: S - T,
  });
}

/** `attentionMix`: pattern [T, S] · v [S, K] a (batch, head). */
export function lowerMix(builder: PlanBuilder, node: Node<"attentionMix">): void {
  const [pattern, v] = node.inputs as [Value, Value];
  const [B, H, T, S] = pattern.shape as [number, number, number, number];
  const K = v.shape[3]!;
  lowerGemm(builder, {
    name: "attentionMix",
    m: T,
    n: K,
    k: S,
    a: pattern,
    b: v,
    c: node.outputs[0]!,
    outers: B,
    heads: H,
    aRow: S,
    aOuter: H * T * S,
    aHead: T * S,
    bRow: H * K,
    bOuter: S * H * K,
    bHead: K,
    cRow: H * K,
    cOuter: T * H * K,
    cHead: K,
  });
}

/** `headResult`: z [B·T, K] · W_O [K, D] a head. */
export function lowerHeadResult(builder: PlanBuilder, node: Node<"headResult">): void {
  const [z, weight] = node.inputs as [Value, Value];
  const [B, T, H, K] = z.shape as [number, number, number, number];
  const D = weight.shape[1]!;
  lowerGemm(builder, {
    name: "headResult",
    m: B * T,
    n: D,
    k: K,
    a: z,
    b: weight,
    c: node.outputs[0]!,
    heads: H,
    aRow: H * K,
    aHead: K,
    bRow: D,
    bHead: K * D,
    cRow: H * D,
    cHead: D,
  });
}
