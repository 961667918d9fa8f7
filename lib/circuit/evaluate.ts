/**
 * Treeified path patching without running the model again (spec/greater_than sections 2 and 4.2): walk
 * the plan from the logits, recompute each receiver at its position from its base residual plus the
 * changes of its senders, and leave everything else at the base run.
 *
 * @module
 */
import { attentionScale } from "../model/config/config.ts";
import { type CircuitNode, type Place, placeName } from "./nodes.ts";
import type { NodePrograms } from "./node_programs.ts";
import type { Edge, PatchPlan } from "./patch_plan.ts";
import { atPosition, type RunCache } from "./run_cache.ts";

type Floats = Float32Array | Float64Array;

/** The two runs of a patch. */
export interface RunPair {
  /** Where everything off the plan stays. */
  readonly base: RunCache;
  /** Where the plan's leaves take their values from. */
  readonly patch: RunCache;
}

/**
 * Several plans evaluated at once that differ in one leaf only: in the plan it stands as `place`, and
 * in the `i`-th of them it is `senders[i]` at the same position.
 */
export interface Sweep {
  readonly place: Place;
  readonly senders: readonly CircuitNode[];
}

const LOGITS: Place = { node: { kind: "logits" }, position: "END" };

/** `a[i] − b[i]` in float64. */
function difference(a: Floats, b: Floats): Float64Array {
  return Float64Array.from(a as Float64Array, (value, i) => value - b[i]!);
}

/** One head's columns of `[rows, H·K]`: `[rows, K]`. */
function headColumns(values: Floats, head: number, [H, K]: readonly [number, number]) {
  return Float64Array.from({ length: values.length / H }, (_, i) => {
    const row = Math.floor(i / K);
    return values[(row * H + head) * K + i % K]!;
  });
}

/** Evaluates one plan (or a sweep of them) on one pair of runs. */
class Evaluation {
  readonly #changes = new Map<string, Promise<Float64Array>>();
  readonly #rows: number;

  constructor(
    readonly programs: NodePrograms,
    readonly pair: RunPair,
    readonly plan: PatchPlan,
    readonly sweep: Sweep | undefined,
  ) {
    this.#rows = pair.base.count * (sweep?.senders.length ?? 1);
  }

  /** The residual before the final layer norm: `[S·N, D]`. */
  final(): Promise<Float64Array> {
    return this.#received(this.pair.base.final, this.plan.into(LOGITS));
  }

  /** Base values `[N, width]` repeated for each sender of the sweep. */
  #tiled(values: Floats): Float64Array {
    const out = new Float64Array(values.length / this.pair.base.count * this.#rows);
    for (let at = 0; at < out.length; at += values.length) out.set(values, at);
    return out;
  }

  async #received(base: Floats, edges: readonly Edge[]): Promise<Float64Array> {
    const x = this.#tiled(base);
    for (const { from } of edges) {
      if (from === "whole") continue;
      const change = await this.#change(from);
      for (let i = 0; i < x.length; i++) x[i]! += change[i % change.length]!;
    }
    return x;
  }

  /** What a node's output changes by: `[S·N, D]`, or `[N, D]` where the sweep does not matter. */
  #change(place: Place): Promise<Float64Array> {
    const key = placeName(place);
    let change = this.#changes.get(key);
    if (!change) {
      change = this.sweep && placeName(this.sweep.place) === key
        ? this.#swept(this.sweep)
        : this.plan.into(place).length > 0
        ? this.#recomputed(place)
        : this.#leaf(place);
      this.#changes.set(key, change);
    }
    return change;
  }

  async #swept({ place, senders }: Sweep): Promise<Float64Array> {
    const { base } = this.pair;
    const width = base.final.length / base.count;
    const out = new Float64Array(senders.length * base.count * width);
    for (const [index, node] of senders.entries()) {
      out.set(await this.#leaf({ node, position: place.position }), index * base.count * width);
    }
    return out;
  }

  async #leaf({ node, position }: Place): Promise<Float64Array> {
    const { base, patch } = this.pair;
    switch (node.kind) {
      case "input":
        return difference(patch.embedding(position), base.embedding(position));
      case "mlp":
        return difference(
          patch.at("mlp", node.layer, position),
          base.at("mlp", node.layer, position),
        );
      case "head": {
        const { layer, head } = node;
        const change = difference(patch.at("z", layer, position), base.at("z", layer, position));
        return await this.#headOutput(layer, head, headColumns(change, head, this.#headShape));
      }
      case "logits":
        throw new RangeError(`Cannot send from "logits": the end, expected an earlier node`);
    }
  }

  get #headShape(): [number, number] {
    const { nHead, dHead } = this.programs.model.config;
    return [nHead, dHead];
  }

  async #headOutput(layer: number, head: number, z: Float64Array): Promise<Float64Array> {
    return Float64Array.from(await this.programs.headOutput(layer, head, z));
  }

  async #recomputed(place: Place): Promise<Float64Array> {
    const { node, position } = place;
    const edges = this.plan.into(place);
    if (node.kind === "head") return await this.#recomputedHead(node, edges);
    if (node.kind !== "mlp") {
      throw new RangeError(
        `Cannot recompute "${placeName(place)}": no receiver, expected a head or an MLP`,
      );
    }
    const { base } = this.pair;
    const x = await this.#received(base.at("mid", node.layer, position), edges);
    const out = await this.programs.mlp(node.layer, x);
    const before = base.at("mlp", node.layer, position);
    return Float64Array.from(out as Float64Array, (value, i) => value - before[i % before.length]!);
  }

  /** A head at END with changed inputs: only what changed is projected again. */
  async #recomputedHead(
    { layer, head }: { layer: number; head: number },
    edges: readonly Edge[],
  ): Promise<Float64Array> {
    const { base } = this.pair;
    const [H, K] = this.#headShape;
    const T = base.length;
    const { END, YY } = base.request.positions;
    const q = await this.#query(layer, head, edges.filter(({ channel }) => channel === "q"));
    const changed = async (channel: "k" | "v") => {
      const into = edges.filter((edge) => edge.channel === channel);
      if (into.length === 0) return undefined;
      const x = await this.#received(this.#residual(layer, YY), into);
      return await this.programs.project(layer, head, channel === "k" ? "K" : "V", x);
    };
    const keyYY = await changed("k");
    const valueYY = await changed("v");
    const keys = base.everywhere("k", layer);
    const values = base.everywhere("v", layer);
    const zBase = base.at("z", layer, "END");
    const scale = attentionScale(this.programs.model.config, layer);
    const change = new Float64Array(this.#rows * K);
    const weights = new Float64Array(END + 1);
    for (let row = 0; row < this.#rows; row++) {
      const n = row % base.count;
      const at = (t: number) => ((n * T + t) * H + head) * K;
      const qAt = (row * K) % q.length;
      let top = -Infinity;
      for (let t = 0; t <= END; t++) {
        const [from, start] = keyYY && t === YY ? [keyYY, row * K % keyYY.length] : [keys, at(t)];
        let dot = 0;
        for (let i = 0; i < K; i++) dot += q[qAt + i]! * from[start + i]!;
        weights[t] = dot * scale;
        top = Math.max(top, weights[t]!);
      }
      let sum = 0;
      for (let t = 0; t <= END; t++) sum += weights[t] = Math.exp(weights[t]! - top);
      for (let t = 0; t <= END; t++) {
        const weight = weights[t]! / sum;
        const [from, start] = valueYY && t === YY
          ? [valueYY, row * K % valueYY.length]
          : [values, at(t)];
        for (let i = 0; i < K; i++) change[row * K + i]! += weight * from[start + i]!;
      }
      for (let i = 0; i < K; i++) change[row * K + i]! -= zBase[(n * H + head) * K + i]!;
    }
    return await this.#headOutput(layer, head, change);
  }

  /** Residual entering a layer at one position: `[N, D]`. */
  #residual(layer: number, index: number): Floats {
    return this.#everywhereAt(this.pair.base, "pre", layer, index);
  }

  /** An array kept at all positions, at one of them: `[N, width]`. */
  #everywhereAt(run: RunCache, kept: "pre" | "q", layer: number, index: number): Floats {
    const data = run.everywhere(kept, layer);
    const width = data.length / (run.count * run.length);
    return atPosition({ data, shape: [run.count, run.length, width] }, index);
  }

  async #query(layer: number, head: number, edges: readonly Edge[]): Promise<Floats> {
    const { base, patch } = this.pair;
    const { END } = base.request.positions;
    const whole = edges.some(({ from }) => from === "whole");
    if (edges.length > 0 && !whole) {
      const x = await this.#received(this.#residual(layer, END), edges);
      return await this.programs.project(layer, head, "Q", x);
    }
    const all = this.#everywhereAt(whole ? patch : base, "q", layer, END);
    return headColumns(all, head, this.#headShape);
  }
}

/**
 * The residual entering the final layer norm at END under a plan: `[N, D]`, or `[S·N, D]` for a sweep
 * of S senders.
 */
export function patchedResidual(
  programs: NodePrograms,
  pair: RunPair,
  plan: PatchPlan,
  sweep?: Sweep,
): Promise<Float64Array> {
  return new Evaluation(programs, pair, plan, sweep).final();
}

/** A head's or MLP's output in a run at a position, without its bias: f64 `[N, D]`. */
export async function nodeOutput(
  programs: NodePrograms,
  run: RunCache,
  { node, position }: Place,
): Promise<Float64Array> {
  const { model } = programs;
  if (node.kind === "mlp") {
    const bias = await model.weights.read(`blocks.${node.layer}.mlp.b_out`);
    const out = run.at("mlp", node.layer, position);
    return Float64Array.from(out as Float64Array, (value, i) => value - bias[i % bias.length]!);
  }
  if (node.kind !== "head") {
    throw new RangeError(
      `Cannot take the output of "${node.kind}": not kept, expected a head or an MLP`,
    );
  }
  const { nHead, dHead } = model.config;
  const z = headColumns(run.at("z", node.layer, position), node.head, [nHead, dHead]);
  return Float64Array.from(await programs.headOutput(node.layer, node.head, z));
}
