/**
 * neurite: GPT-2 and GPT-NeoX inference with hooks on WebGPU and ONNX Runtime, and the experiments
 * of two interpretability papers.
 *
 * @example A forward pass with hooks
 * ```ts
 * import { loadModel, openDevice, openTokenizer, resolveModel, runWithHooks } from "neurite";
 *
 * const { directory } = await resolveModel("tiny-gpt2-a");
 * const { device } = await openDevice("reference");
 * await using model = await loadModel(directory, device);
 * const tokenizer = await openTokenizer(directory);
 * const ids = tokenizer.encode("<|endoftext|> The war lasted from the year 1732 to the year 17");
 * const cache = await runWithHooks(model, { data: ids, shape: [1, ids.length] }, {
 *   read: ["blocks.3.attn.hook_pattern", "loss_per_token"],
 *   writes: [{ hook: "blocks.2.mlp.hook_post", kind: "zero", features: [17] }],
 * });
 * if (cache["blocks.3.attn.hook_pattern"]?.shape.join() !== "1,4,13,13") {
 *   throw new Error("unreachable");
 * }
 * ```
 *
 * @module
 */
export * from "./lib/array.ts";
export * from "./lib/errors.ts";
export * from "./lib/random.ts";

export * from "./lib/device/choose.ts";
export * from "./lib/device/device.ts";
export * from "./lib/device/graph.ts";
export * as ops from "./lib/device/ops.ts";

export * from "./lib/model/config/config.ts";
export * from "./lib/model/config/read_config.ts";
export * from "./lib/model/forward/forward.ts";
export * from "./lib/model/forward/hooks.ts";
export * from "./lib/model/model.ts";
export * from "./lib/model/tokenizer.ts";
export * from "./lib/model/tokens.ts";
export * from "./lib/model/checkpoint/weights.ts";
export * from "./lib/model/witness.ts";
export * from "./lib/model/forward/writes.ts";

export * from "./lib/text/prompt_file.ts";
export * from "./lib/text/sequence_tasks.ts";
export * from "./lib/text/year_prompts.ts";
export * from "./lib/text/years.ts";

export * from "./lib/circuit/task/behaviour.ts";
export * from "./lib/circuit/task/bootstrap.ts";
export * from "./lib/circuit/graph/circuit.ts";
export * from "./lib/circuit/experiments/circuit_experiment.ts";
export * from "./lib/circuit/graph/circuit_names.ts";
export * from "./lib/circuit/rounds/circuit_tests.ts";
export * from "./lib/circuit/task/contrast_task.ts";
export * from "./lib/circuit/patch/evaluate.ts";
export * from "./lib/model/final/final_updates.ts";
export * from "./lib/circuit/search/find_circuit.ts";
export * from "./lib/circuit/patch/leaf_sweep.ts";
export * from "./lib/circuit/rounds/logit_lens.ts";
export * from "./lib/circuit/task/measures.ts";
export * from "./lib/circuit/neurons/neuron_scores.ts";
export * from "./lib/circuit/neurons/neurons.ts";
export * from "./lib/circuit/patch/node_programs.ts";
export * from "./lib/circuit/graph/nodes.ts";
export * from "./lib/circuit/paper/paper_circuit.ts";
export * from "./lib/circuit/graph/patch_paths.ts";
export * from "./lib/circuit/graph/patch_plan.ts";
export * from "./lib/circuit/graph/read_circuit.ts";
export * from "./lib/circuit/rounds/rounds.ts";
export * from "./lib/circuit/patch/run_cache.ts";
export * from "./lib/circuit/rounds/score_matrix.ts";
export * from "./lib/circuit/rounds/sweeps.ts";
export * from "./lib/circuit/task/year_metrics.ts";

export * from "./lib/model/folding.ts";
export * from "./lib/neuron/attention/ablate.ts";
export * from "./lib/neuron/attention/bos_scores.ts";
export * from "./lib/neuron/cached/open_activations.ts";
export * from "./lib/neuron/correlation/correlate.ts";
export * from "./lib/neuron/explain/explain_neurons.ts";
export * from "./lib/neuron/explain/group_sums.ts";
export * from "./lib/neuron/intervene/interventions.ts";
export * from "./lib/neuron/intervene/run_interventions.ts";
export * from "./lib/neuron/load_summaries.ts";
export type { SummaryArrays } from "./lib/neuron/summary_arrays.ts";
export * from "./lib/neuron/table/csv_rows.ts";
export * from "./lib/neuron/table/original_arrays.ts";
export { ruleFeatures } from "./lib/neuron/vocabulary/features.ts";
export * from "./lib/neuron/vocabulary/vocabulary_features.ts";
export * from "./lib/neuron/weights/statistics.ts";

export * from "./lib/store/hub/mod.ts";
export * from "./lib/store/run/read_run.ts";
export * from "./lib/store/run/run_once.ts";
export * from "./lib/store/format/safetensors.ts";

export * from "./lib/figure/mod.ts";
