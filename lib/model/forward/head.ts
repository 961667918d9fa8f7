/**
 * The end of the forward pass: final norm, unembedding, and the statistics of its softmax.
 *
 * @module
 */
import type { Floats, HostArray } from "../../array.ts";
import type { UnembedStat, Value } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";
import { buildFinalNorm } from "./blocks.ts";
import type { ModelConfig } from "../config/config.ts";
import type { HookPoints } from "./hook_points.ts";
import type { ForwardOutput } from "./hooks.ts";

/** Which softmax statistics an output is made of. */
const STATS_OF: Record<ForwardOutput, readonly UnembedStat[]> = {
  logits: [],
  "loss_per_token": ["logZ", "targetLogit"],
  entropy: ["entropy"],
  rank: ["rank"],
  "column_logits": ["columnLogits"],
  "column_log_probs": ["columnLogits", "logZ"],
};

/** What the head is asked for. */
export interface HeadPlan {
  outputs: ReadonlySet<ForwardOutput>;
  last: boolean;
  columns: number;
}

/**
 * Final norm and unembedding of `residual [B, T, D]`; outputs are named `logits` and by their
 * {@linkcode UnembedStat}, over N = B·T rows, or B for the last position.
 */
export function buildHead(
  hooks: HookPoints,
  config: ModelConfig,
  { residual, plan }: { residual: Value; plan: HeadPlan },
): void {
  const { graph } = hooks;
  const [B, T, D] = residual.shape as [number, number, number];
  const rows = plan.last ? B : B * T;
  const lastRows = (x: Value) =>
    plan.last
      ? ops.gather(graph, ops.reshape(graph, x, [B * T, D]), graph.input("rows", [B], "i32"))
      : ops.reshape(graph, x, [B * T, D]);
  // Norm only the rows that are unembedded, unless a hook wants every position of the norm.
  const wide = ["hook_scale", "hook_normalized"].some((site) => hooks.touched(`ln_final.${site}`));
  const x = wide
    ? lastRows(buildFinalNorm(hooks, config, residual))
    : buildFinalNorm(hooks, config, lastRows(residual));
  const unembedding = graph.input("unembed.W_U", [config.vocabSize, D]);
  if (plan.outputs.has("logits")) graph.output("logits", ops.logits(graph, x, unembedding));
  const stats = [...new Set([...plan.outputs].flatMap((output) => STATS_OF[output]))];
  if (stats.length === 0) return;
  const targeted = stats.includes("targetLogit") || stats.includes("rank");
  const chosen = stats.includes("columnLogits");
  const values = ops.unembedStats(graph, x, unembedding, {
    targets: targeted ? graph.input("targets", [rows], "i32") : undefined,
    columns: chosen ? graph.input("columns", [plan.columns], "i32") : undefined,
    stats,
  });
  for (const stat of stats) graph.output(stat, values[stat]!);
}

/** The next token of each position, 0 where there is none: `tokens [B, T] -> [B·T]`. */
export function nextTokens(tokens: Int32Array, T: number): Int32Array {
  return tokens.map((_, i) => (i + 1) % T === 0 ? 0 : tokens[i + 1]!);
}

/** Drops each row's last position, which has no next token: `[B·T] -> [B, T − 1]`. */
function withNext(values: Floats, T: number): HostArray {
  return {
    data: values.filter((_, i) => (i + 1) % T !== 0),
    shape: [values.length / T, T - 1],
  };
}

/** The outputs asked for, from what {@linkcode buildHead} computed. */
export function finishHead(
  plan: HeadPlan,
  computed: ReadonlyMap<string, HostArray>,
  [B, T]: readonly [number, number],
): Map<ForwardOutput, HostArray> {
  const P = plan.last ? 1 : T;
  const stat = (name: UnembedStat | "logits") => computed.get(name)!.data as Floats;
  const finish: Record<ForwardOutput, () => HostArray> = {
    logits: () => ({ data: stat("logits"), shape: [B, P, stat("logits").length / (B * P)] }),
    "loss_per_token": () => {
      const target = stat("targetLogit");
      return withNext(stat("logZ").map((logZ, n) => logZ - target[n]!), T);
    },
    entropy: () => ({ data: stat("entropy"), shape: [B, P] }),
    rank: () => {
      const { data, shape } = withNext(stat("rank"), T);
      return { data: Int32Array.from(data as Floats), shape };
    },
    "column_logits": () => ({ data: stat("columnLogits"), shape: [B, P, plan.columns] }),
    "column_log_probs": () => {
      const logZ = stat("logZ");
      const data = stat("columnLogits").map((logit, i) =>
        logit - logZ[Math.floor(i / plan.columns)]!
      );
      return { data, shape: [B, P, plan.columns] };
    },
  };
  return new Map([...plan.outputs].map((output) => [output, finish[output]()]));
}
