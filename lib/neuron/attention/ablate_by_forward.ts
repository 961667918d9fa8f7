/**
 * The same ablation by the model's own forward pass, as the original does it: slow, and a check.
 *
 * @module
 */
import type { Floats, HostArray } from "../../array.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { HookWrite } from "../../model/forward/writes.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { HeadPath } from "./head_path.ts";

/** What a run keeps so that others can start from it. */
export interface ForwardCache {
  /** By hook name, `[B, T, ...]`. */
  readonly arrays: Readonly<Record<string, HostArray>>;
  readonly clean: HeadResults;
}

/** What one head does, f64 `[B, T]`. */
export interface HeadResults {
  readonly norm: Float64Array;
  readonly bos: Float64Array;
}

function hooksOf({ attentionLayer: A, mlpLayer }: HeadPath) {
  return {
    residual: `blocks.${A}.hook_resid_pre`,
    k: `blocks.${A}.attn.hook_k`,
    v: `blocks.${A}.attn.hook_v`,
    pattern: `blocks.${A}.attn.hook_pattern`,
    z: `blocks.${A}.attn.hook_z`,
    post: `blocks.${mlpLayer}.mlp.hook_post`,
  };
}

/** Runs the model clean and keeps what {@linkcode ablateByForward} holds. */
export async function cacheForward(
  model: Model,
  tokens: Tokens,
  path: HeadPath,
): Promise<ForwardCache> {
  const arrays = await runWithHooks(model, tokens, { read: Object.values(hooksOf(path)) });
  return { arrays, clean: headResults(model, path, arrays) };
}

/**
 * One head with one neuron's output taken from the residual at some positions, with the clean keys
 * and values put back there: the attention layer is run again, all of it, through hooks. Only the
 * results at those positions differ from the clean ones.
 *
 * @param given `fromStart` runs the layers before it again too, so that on the reference device the
 * residual is not rounded to float32 on its way.
 */
export async function ablateByForward(
  model: Model,
  tokens: Tokens,
  given: {
    readonly path: HeadPath;
    readonly neuron: number;
    readonly positions: readonly number[];
    readonly cache: ForwardCache;
    readonly fromStart?: boolean;
  },
): Promise<HeadResults> {
  const { path, neuron, positions, cache: { arrays }, fromStart = false } = given;
  const hooks = hooksOf(path);
  const { dModel: D, dMlp: F } = model.config;
  const write = (await model.weights.read(`blocks.${path.mlpLayer}.mlp.W_out`))
    .subarray(neuron * D, (neuron + 1) * D);
  const { shape } = arrays[hooks.residual]!;
  const taken = new Float32Array(arrays[hooks.residual]!.data.length);
  const post = arrays[hooks.post]!.data as Floats;
  for (let n = 0; n * D < taken.length; n++) {
    for (let d = 0; d < D; d++) taken[n * D + d] = -post[n * F + neuron]! * write[d]!;
  }
  const held = (hook: string): HookWrite => {
    const { data, shape } = arrays[hook]!;
    return {
      hook,
      kind: "replace",
      positions,
      value: { data: Float32Array.from(data as Floats), shape },
    };
  };
  const results = await runWithHooks(model, tokens, {
    read: [hooks.pattern, hooks.z],
    writes: [
      { hook: hooks.residual, kind: "add", positions, value: { data: taken, shape } },
      held(hooks.k),
      held(hooks.v),
    ],
    ...(!fromStart && {
      startLayer: path.attentionLayer,
      residual: arrays[hooks.residual] as HostArray<Float32Array>,
    }),
  });
  return headResults(model, path, results);
}

function headResults(
  { config: { nHead: H, dHead: K } }: Model,
  path: HeadPath,
  arrays: Readonly<Record<string, HostArray>>,
): HeadResults {
  const hooks = hooksOf(path);
  const { data, shape: [B, T] } = arrays[hooks.z]! as { data: Floats; shape: [number, number] };
  const pattern = arrays[hooks.pattern]!.data as Floats;
  const norm = new Float64Array(B * T);
  const bos = new Float64Array(B * T);
  for (let n = 0; n < B * T; n++) {
    const from = (n * H + path.head) * K;
    norm[n] = Math.hypot(...data.subarray(from, from + K));
    const [b, t] = [Math.floor(n / T), n % T];
    bos[n] = pattern[((b * H + path.head) * T + t) * T]!;
  }
  return { norm, bos };
}
