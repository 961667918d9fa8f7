/**
 * The WGSL sources by kernel name, read as text at load time: no read permission, no templates.
 *
 * @module
 */
import add from "../../../kernels/add.wgsl" with { type: "text" };
import attentionPattern from "../../../kernels/attention_pattern.wgsl" with { type: "text" };
import concat from "../../../kernels/concat.wgsl" with { type: "text" };
import fill from "../../../kernels/fill.wgsl" with { type: "text" };
import gather from "../../../kernels/gather.wgsl" with { type: "text" };
import gelu from "../../../kernels/gelu.wgsl" with { type: "text" };
import gemm128x128 from "../../../kernels/gemm_128x128.wgsl" with { type: "text" };
import gemm16x16 from "../../../kernels/gemm_16x16.wgsl" with { type: "text" };
import gemm64x32 from "../../../kernels/gemm_64x32.wgsl" with { type: "text" };
import gemmNaive from "../../../kernels/gemm_naive.wgsl" with { type: "text" };
import layerNorm from "../../../kernels/layer_norm.wgsl" with { type: "text" };
import layerNormApply from "../../../kernels/layer_norm_apply.wgsl" with { type: "text" };
import layerNormScale from "../../../kernels/layer_norm_scale.wgsl" with { type: "text" };
import rotary from "../../../kernels/rotary.wgsl" with { type: "text" };
import rowDot from "../../../kernels/row_dot.wgsl" with { type: "text" };
import sharedGelu from "../../../kernels/shared/gelu.wgsl" with { type: "text" };
import sharedGemm from "../../../kernels/shared/gemm.wgsl" with { type: "text" };
import sharedRowReduce from "../../../kernels/shared/row_reduce.wgsl" with { type: "text" };
import sumHeads from "../../../kernels/sum_heads.wgsl" with { type: "text" };
import unembedColumns from "../../../kernels/unembed_columns.wgsl" with { type: "text" };
import unembedFinish from "../../../kernels/unembed_finish.wgsl" with { type: "text" };
import unembedStats from "../../../kernels/unembed_stats.wgsl" with { type: "text" };
import write from "../../../kernels/write.wgsl" with { type: "text" };

/** Shared functions go behind the kernel, so that its own line numbers stay those of its file. */
function withShared(source: string, ...shared: string[]): string {
  return [source, ...shared].join("\n");
}

/** The full source of every kernel. */
export const KERNELS = {
  add,
  attention_pattern: withShared(attentionPattern, sharedRowReduce),
  concat,
  fill,
  gather,
  gelu: withShared(gelu, sharedGelu),
  gemm_128x128: withShared(gemm128x128, sharedGemm, sharedGelu),
  gemm_16x16: withShared(gemm16x16, sharedGemm, sharedGelu),
  gemm_64x32: withShared(gemm64x32, sharedGemm, sharedGelu),
  gemm_naive: withShared(gemmNaive, sharedGemm, sharedGelu),
  layer_norm: withShared(layerNorm, sharedRowReduce),
  layer_norm_apply: withShared(layerNormApply, sharedRowReduce),
  layer_norm_scale: withShared(layerNormScale, sharedRowReduce),
  rotary,
  row_dot: rowDot,
  sum_heads: sumHeads,
  unembed_columns: unembedColumns,
  unembed_finish: unembedFinish,
  unembed_stats: withShared(unembedStats, sharedRowReduce),
  write,
} as const;

/** A kernel: the name of its file in `kernels/`. */
export type KernelName = keyof typeof KERNELS;
