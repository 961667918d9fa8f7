/**
 * Faults that the suite must notice: one wrong constant or operator each. `deno task faults` plants
 * them one at a time in a copy of the tree and runs the named tests.
 *
 * @module
 */
import type { Fault } from "../../tools/plant_faults.ts";

const OPS = "tests/ops_test.ts";
const PARITY = "tests/parity_test.ts";
const PATHS = "tests/path_patching_test.ts";

function kernel(name: string, [find, replace]: [string, string], why: string): Fault {
  return { file: `kernels/${name}.wgsl`, find, replace, why, tests: [OPS], filter: "on webgpu" };
}

function onnx(name: string, [find, replace]: [string, string], why: string): Fault {
  const file = `lib/device/onnx/translate_${name}.ts`;
  return { file, find, replace, why, tests: [OPS], filter: "on onnx native" };
}

function reference(name: string, [find, replace]: [string, string], why: string): Fault {
  const file = `lib/device/reference/${name}.ts`;
  return { file, find, replace, why, tests: [PARITY], filter: "on reference" };
}

function forward(name: string, [find, replace]: [string, string], why: string): Fault {
  return { ...reference("", [find, replace], why), file: `lib/model/${name}.ts` };
}

/** The list; `find` stands exactly once in its file, which faults_test.ts checks. */
export const FAULTS: Fault[] = [
  kernel("shared/gelu", ["0.044715", "0.044751"], "a digit of GELU's cubic term is swapped"),
  kernel(
    "layer_norm",
    ["- mean) / scale", "- mean) * scale"],
    "layer norm multiplies by the scale",
  ),
  kernel(
    "attention_pattern",
    ["+ params.shift + 1", "+ params.shift"],
    "a query misses its own key",
  ),
  kernel("rotary", ["-x[at + params.half]", "x[at + params.half]"], "rotary turns the wrong way"),
  kernel("concat", ["column < params.left", "column <= params.left"], "concat begins b one late"),
  kernel("unembed_stats", ["logit > threshold", "logit < threshold"], "rank counts smaller logits"),
  {
    // Only a vocabulary in several slices moves the maximum, and the device test makes them small.
    ...kernel("unembed_stats", ["fma(drop, old.y, old.z)", "old.z"], "entropy forgets a maximum"),
    tests: ["lib/device/webgpu/webgpu_device_test.ts"],
    filter: "slices of",
  },
  kernel("write", ["return min(old, given)", "return max(old, given)"], "atMost clamps from below"),
  kernel("write", ["params.valueRow +", "params.valueColumn +"], "a written value takes one row"),
  onnx(
    "attention",
    ["t * S + t + S - T + 1", "t * S + t + S - T + 2"],
    "the causal mask shows one key more",
  ),
  onnx(
    "attention",
    ['model.node("Sub", [product(a', 'model.node("Add", [product(a'],
    "rotary mirrors",
  ),
  onnx("unembed", ['"Greater"', '"GreaterOrEqual"'], "a token outranks itself"),
  {
    ...onnx("", ["scalar(NaN)", "scalar(0)"], "a token outside the vocabulary has the logit 0"),
    file: "lib/device/onnx/local_ids.ts",
  },
  onnx("norm", ["scalar(epsilon)", "scalar(2 * epsilon)"], "the scale's epsilon is doubled"),
  reference("attention", ["dot * node.attributes.scale", "dot"], "scores are not scaled"),
  reference("norm", ["** 2, 0) / row.length", "** 2, 0) / (row.length - 1)"], "unbiased variance"),
  {
    ...reference("unembed", ["logZ - row.reduce", "logZ + row.reduce"], "entropy has a wrong sign"),
    tests: ["tests/softmax_outputs_test.ts"],
    filter: "by definition",
  },
  reference("gelu", ["x / Math.SQRT2", "x"], "the exact GELU's argument is not divided"),
  forward("forward/blocks", [
    "sequential ? middle : ops.add(graph, before, attention)",
    "sequential ? middle : before",
  ], "a parallel block loses its attention"),
  {
    ...forward("forward/blocks", ["past?.positions ?? 0", "0"], "a level's rotary starts anew"),
    tests: ["tests/sharing_test.ts"],
  },
  {
    ...forward("forward/sharing", ["before![i]!", "before![0]!"], "rows continue another's past"),
    tests: ["tests/sharing_test.ts"],
  },
  forward("config/config", ["layer + 1 : 1", "layer + 2 : 1"], "the layer's scale is off by one"),
  forward("config/rotary", ["-2 * i / dims", "-i / dims"], "rotary frequencies fall half as fast"),
  forward("forward/head", ["tokens[i + 1]!", "tokens[i]!"], "the loss is of the token just read"),
  forward(
    "checkpoint/weights_neox",
    ['"attn.W_K", matrix(1)', '"attn.W_K", matrix(2)'],
    "keys are values",
  ),
  {
    file: "lib/model/checkpoint/pickle_torch.ts",
    find: "STORAGE_TYPES.has(dotted) || BUILDERS.has(dotted)",
    replace: "dotted",
    why: "a pickle may name any global",
    tests: ["lib/model/checkpoint/pickle_test.ts"],
  },
  {
    file: "lib/store/format/safetensors_header.ts",
    find: "position !== end",
    replace: "position > end",
    why: "overlapping tensors are accepted",
    tests: ["lib/store/format/safetensors_test.ts"],
  },
  {
    file: "lib/store/format/safetensors_header.ts",
    find: "end !== fileSize",
    replace: "end > fileSize",
    why: "bytes after the last tensor are accepted",
    tests: ["lib/store/format/safetensors_test.ts"],
  },
  {
    file: "lib/store/run/step.ts",
    find: "record.identity !== identity",
    replace: "record.identity === undefined",
    why: "results of other options count as done",
    tests: ["lib/store/run/step_test.ts"],
  },
  {
    file: "lib/circuit/task/year_metrics.ts",
    find: "=> year > yy",
    replace: "=> year >= yy",
    why: "the start year itself counts as right",
    tests: ["lib/circuit/task/year_metrics_test.ts"],
  },
  {
    file: "lib/circuit/task/year_metrics.ts",
    find: "/ (values.length - 1)",
    replace: "/ values.length",
    why: "the sd is of a population",
    tests: ["lib/circuit/task/year_metrics_test.ts"],
  },
  {
    file: "lib/circuit/patch/head_change.ts",
    find: 'base.at("pre", layer, at)',
    replace: 'base.at("pre", layer, "END")',
    why: "keys and values at YY are made from END",
    tests: [PATHS],
    filter: "each rule",
  },
  {
    file: "lib/circuit/patch/head_change.ts",
    find: "index: base.request.positions[position]",
    replace: "index: base.request.positions.END",
    why: "a head at YY attends from END",
    tests: [PATHS],
    filter: "each rule",
  },
  {
    file: "lib/circuit/patch/head_mixing.ts",
    find: "return dot * scale",
    replace: "return dot",
    why: "a recomputed head's scores are not scaled",
    tests: [PATHS],
    filter: "each rule",
  },
  {
    file: "lib/circuit/graph/patch_paths.ts",
    find: "if (given.has(name)) continue",
    replace: "if (name) continue",
    why: "a plan patches along a path that was not given",
    // Without the refusal another test of the file would list 2⁶⁰ routes.
    tests: ["lib/circuit/graph/patch_paths_test.ts"],
    filter: "names a route",
  },
  {
    file: "lib/text/years.ts",
    find: "=== centuryOf(year)",
    replace: ">= centuryOf(year)",
    why: "the last year of a century is kept",
    tests: ["lib/text/years_test.ts"],
  },
  {
    file: "lib/text/year_prompts.ts",
    find: 'sentences(() => "01")',
    replace: 'sentences(() => "00")',
    why: "bad prompts start in 00",
    tests: ["lib/text/year_prompts_test.ts"],
  },
  {
    file: "lib/text/year_prompts.ts",
    find: "yy >= 2 &&",
    replace: "yy >= 1 &&",
    why: "the bad prompt's own year is drawn",
    tests: ["lib/text/year_prompts_test.ts"],
  },
  {
    file: "lib/neuron/attention/head_queries.ts",
    find: "a * written[r]! - 2",
    replace: "a * written[r]! + 2",
    why: "a query without a neuron keeps a wrong layer norm",
    tests: ["tests/attention_ablation_test.ts"],
    filter: "on reference",
  },
  {
    file: "lib/neuron/attention/head_queries.ts",
    find: "x * cos[at]! - y",
    replace: "x * cos[at]! + y",
    why: "a query without a neuron turns the wrong way",
    tests: ["tests/attention_ablation_test.ts"],
    filter: "on reference",
  },
  {
    file: "lib/model/final/final_updates.ts",
    find: "moves[n * (K + 1) + K] = scale[n]!",
    replace: "moves[n * (K + 1) + K] = 1",
    why: "the layer norm's shift is divided by its scale",
    tests: ["lib/model/final/final_updates_test.ts"],
  },
  {
    file: "lib/neuron/intervene/change.ts",
    find: "geluOf(after, gelu) - geluOf(a, gelu)",
    replace: "geluOf(after, gelu) - a",
    why: "a change before the GELU starts from the wrong output",
    tests: ["lib/neuron/intervene/interventions_test.ts"],
  },
  {
    file: "lib/neuron/intervene/means.ts",
    find: "return !isLast && !special",
    replace: "return !special",
    why: "positions without a next token count",
    tests: ["lib/neuron/intervene/means_test.ts"],
  },
];
