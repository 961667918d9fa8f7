/**
 * Every tolerance of the suite, with its reason. A row is widened only with a measurement in its
 * reason, never because a test failed.
 *
 * @module
 */
import type { OpName } from "../lib/device/graph.ts";

/** Largest allowed deviation and why it is that large. */
export interface Tolerance {
  /** Absolute, on the scale named by the reason. */
  limit: number;
  /** Why not smaller. */
  reason: string;
}

const EXACT: Tolerance = { limit: 0, reason: "copies bits" };

function tolerance(limit: number, reason: string): Tolerance {
  return { limit, reason };
}

/** One operation in float32 against the float64 reference, on the shapes of `op_cases.ts`. */
export const OP_TOLERANCES: Record<OpName, Tolerance> = {
  reshape: tolerance(1e-5, "its case multiplies the view, K = 20"),
  gather: EXACT,
  add: tolerance(5e-7, "one rounding of values up to 8"),
  concat: EXACT,
  linear: tolerance(1e-5, "K ≤ 768 products of order 1 summed in float32"),
  crossMoment: tolerance(1e-5, "K ≤ 300 products of order 1 summed in float32"),
  gelu: tolerance(2e-6, "tanh and erf approximations at |x| ≤ 12"),
  layerNorm: tolerance(2e-4, "mean 100 leaves float32 inputs 7.6e-6 apart; scale 3, then ±4 rows"),
  layerNormScale: tolerance(2e-6, "a sum of squares over D ≤ 1,024, then a root"),
  layerNormApply: tolerance(5e-6, "one division and one product of order 10"),
  rotary: tolerance(1e-4, "angles to 305 radians carry 1.5e-5 of float32 rounding"),
  attentionScores: tolerance(1e-5, "K ≤ 64 products of order 1"),
  attentionPattern: tolerance(1e-5, "exp of scores to ±12, normalised"),
  attentionMix: tolerance(1e-5, "S ≤ 300 weighted values"),
  headResult: tolerance(1e-5, "K ≤ 8 products of order 1"),
  sumHeads: tolerance(5e-6, "12 summands of order 1"),
  write: tolerance(5e-7, "at most one sum or product"),
  logits: tolerance(2e-5, "D ≤ 32 products of order 1, sums to ±20"),
  unembedStats: tolerance(5e-5, "logits to ±40 with a base, entropies as differences of them"),
};

/** Whole models against the stored float64 outputs of PyTorch (issue: foundation, Must show). */
export const PARITY_TOLERANCES = {
  hook: tolerance(5e-5, "the field's line between float32 noise and a bug"),
  residual: tolerance(5e-5, "the same, relative to the row's root mean square"),
  logits: tolerance(1e-4, "one more matrix product than any hook"),
  loss: tolerance(1e-5, "a difference of logits and logZ"),
  yearProbs: tolerance(
    2e-5,
    "gpt2-mini; PyTorch's own float32 is 9.3e-6 from its float64, 1.3e-5 observed here",
  ),
  yearLogits: tolerance(
    1e-4,
    "gpt2-mini, logits to ±27.7; PyTorch's own float32 is 7.4e-5 from its float64 (row 11), " +
      "8.2e-5 observed here",
  ),
} as const;

/** Two float32 runs that must agree, relative to the row's root mean square. */
export const INVARIANT_TOLERANCES = {
  sameOrder: tolerance(2e-6, "the same sums, perhaps by a kernel of another tile; 1e-6 observed"),
  otherOrder: tolerance(
    1e-5,
    "a written scale or head result is summed apart, and products of few rows by other kernels; " +
      "2.5e-6 observed on three devices",
  ),
  decomposition: tolerance(1e-5, "three summands of order 1 against their fused sum"),
} as const;

/** Path patching on gpt2-mini against the stored float64 numbers (issue: greater-than, whole). */
export const CIRCUIT_TOLERANCES = {
  score: tolerance(2e-5, "mean differences over 97 prompts; 2.3e-7 observed on onnx"),
  neuronScore: tolerance(
    2e-5,
    "as score, of one neuron's direct path; 3.8e-8 observed on 4 devices",
  ),
  probability: tolerance(2e-5, "single probabilities; 5.0e-6 observed on onnx"),
  lens: tolerance(
    5e-4,
    "logits to ±20.7 of one node's output, 1.3e-6 observed in float64; in float32 1.7e-4 on onnx " +
      "native, 2.6e-4 on wasm, 8.8e-5 on webgpu, nearly all at row 11 of gpt2-mini, where " +
      "PyTorch's own float32 logits are 7.4e-5 off",
  ),
  treeResidual: tolerance(
    5e-6,
    "residuals to ±20 against the path oracle; rows reach the device as float32, which makes all of " +
      "the 1.0e-6 observed: 2.3e-14 with float64 rows",
  ),
} as const;

/**
 * Weight statistics of tiny-gpt2-a against stored float64 numbers, relative to the value or to the
 * array's root mean square if that is larger: skews and means pass through 0 (issue: universal neurons).
 */
export const WEIGHT_TOLERANCES = {
  float64: tolerance(
    1e-7,
    "norms, biases, means: float64 on the host, stored as float32; 0 observed",
  ),
  similarity: tolerance(
    1e-6,
    "sums of 128 float32 products, relative; 8.6e-7 observed on wasm and webgpu, 2.4e-7 on reference",
  ),
  index: tolerance(0, "tokens of the five largest cosines; no ties among them"),
} as const;

/** Neuron correlations against float64 (issue: universal neurons I). */
export const CORRELATION_TOLERANCES = {
  reference: tolerance(1e-6, "activations are rounded to float32 once they are shifted and scaled"),
  onnx: tolerance(5e-6, "sums of 2,048 float32 products; 3.0e-7 observed"),
  webgpu: tolerance(2e-5, "the same, added one after the other"),
  moment: tolerance(1e-5, "relative, of float32 correlations"),
} as const;

/** Means of interventions on tiny-gpt2-a, relative (issue: universal neurons II, Must show: 1e-5). */
export const INTERVENTION_TOLERANCES = {
  loss: tolerance(1e-6, "means of differences of float32 logits; 8.7e-8 observed on wasm"),
  entropy: tolerance(2e-6, "sums over 4,096 tokens in float32; 2.7e-7 observed on wasm"),
  scale: tolerance(1e-7, "float64 on the host, of float32 residuals; 2.6e-8 observed on webgpu"),
  rank: tolerance(1e-5, "exact but for logits equal in float32; 4.1e-6 observed: one of 2,032"),
} as const;

/** Cached activations, loss, entropy and rank of tiny-gpt2-a (issue: universal neurons II). */
export const ACTIVATION_TOLERANCES = {
  prediction: tolerance(
    1e-5,
    "loss and entropy against PyTorch's float64, relative to the value or to the array's root mean " +
      "square: both are differences of logits; 4.8e-6 observed on wasm, 0 on reference",
  ),
  rank: tolerance(
    1e-3,
    "share of ranks off by one, where two logits tie as float32; 6e-5 observed",
  ),
  activation: tolerance(5e-5, "as a hook of the forward pass"),
} as const;

/** A head's |z| and attention without a neuron, against the model's own forward pass (issue: universal neurons II). */
export const ATTENTION_TOLERANCES = {
  reference: tolerance(
    1e-6,
    "queries, keys and values reach the device as float32, |z| to 4; 6.2e-8 observed",
  ),
  device: tolerance(
    5e-6,
    "|z| to 4 of scores and mixtures in float32; 8.1e-7 observed on webgpu, 7.0e-7 on wasm",
  ),
} as const;

/** Activation summaries of tiny-gpt2-a against stored float64 numbers (issue: universal neurons I). */
export const SUMMARY_TOLERANCES = {
  reference: tolerance(0, "float64 rounded once to float32, as the stored numbers"),
  onnx: tolerance(
    5e-6,
    "largest activations and means by token, relative above 1; 3.8e-6 observed on native",
  ),
  webgpu: tolerance(2e-5, "the same, summed one after the other; 2.8e-6 observed"),
  edge: tolerance(1e-5, "how near an edge an activation must lie to be in the next bin"),
  moment: tolerance(1e-5, "of every neuron, relative above 1; 2.3e-7 observed"),
  context: tolerance(
    5e-4,
    "activations around examples against float64, relative above 1: half a unit of float16 is 4.9e-4",
  ),
} as const;
