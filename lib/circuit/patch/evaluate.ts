/**
 * Treeified path patching without running the model again (spec/greater_than sections 2 and 4.2): walk
 * the plan from the logits, recompute each receiver at its position from its base residual plus the
 * changes of its senders, and leave everything else at the base run.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { attentionScale } from "../../model/config/config.ts";
import { mixHead } from "./head_mixing.ts";
import { LOGITS_PLACE, type Place, placeName, type Position, POSITIONS } from "../graph/nodes.ts";
import type { NodePrograms } from "./node_programs.ts";
import type { Edge, PatchPlan } from "../graph/patch_plan.ts";
import { difference, headColumns, sumRepeated } from "./elements.ts";
import type { RunCache } from "./run_cache.ts";
import { checkSweep, type Sweep } from "./leaf_sweep.ts";

/** The two runs of a patch. */
export interface RunPair {
  /** Where everything off the plan stays. */
  readonly base: RunCache;
  /** Where the plan's leaves take their values from. */
  readonly patch: RunCache;
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
    return this.#received(this.pair.base.final, this.plan.into(LOGITS_PLACE));
  }

  /** Base values `[N, width]`, for each sender of the sweep, with what the edges change. */
  async #received(base: Floats, edges: readonly Edge[]): Promise<Float64Array> {
    const changes: Float64Array[] = [];
    for (const { from } of edges) if (from !== "whole") changes.push(await this.#change(from));
    return sumRepeated([base, ...changes], base.length / this.pair.base.count * this.#rows);
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
        const z = (run: RunCache) =>
          headColumns(run.at("z", layer, position), head, this.#headShape);
        return await this.#headOutput(layer, head, difference(z(patch), z(base)));
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
    return new Float64Array(await this.programs.headOutput(layer, head, z));
  }

  async #recomputed(place: Place): Promise<Float64Array> {
    const { node, position } = place;
    const edges = this.plan.into(place);
    const { base } = this.pair;
    if (node.kind === "head") {
      const { layer, head } = node;
      const z = await this.#mixed(node, position, edges);
      const before = headColumns(base.at("z", layer, position), head, this.#headShape);
      return await this.#headOutput(layer, head, difference(z, before));
    }
    if (node.kind === "mlp") {
      const x = await this.#received(base.at("mid", node.layer, position), edges);
      const out = await this.programs.mlp(node.layer, x);
      return difference(out, base.at("mlp", node.layer, position));
    }
    throw new RangeError(
      `Cannot recompute "${placeName(place)}": no receiver, expected a head or an MLP`,
    );
  }

  /** A head's mixed values with changed inputs: only what changed is projected again. */
  async #mixed(
    { layer, head }: { layer: number; head: number },
    position: Position,
    edges: readonly Edge[],
  ): Promise<Float64Array> {
    const { base } = this.pair;
    const { config } = this.programs.model;
    const query = await this.#query({ layer, head }, position, edges);
    const changedKeys = await this.#changedRows({ layer, head }, "k", edges);
    const changedValues = await this.#changedRows({ layer, head }, "v", edges);
    const keys = base.everywhere("k", layer);
    const values = base.everywhere("v", layer);
    return mixHead({ query, keys, values, changedKeys, changedValues }, {
      rows: this.#rows,
      count: base.count,
      length: base.length,
      index: base.request.positions[position],
      head,
      nHead: config.nHead,
      dHead: config.dHead,
      scale: attentionScale(config, layer),
    });
  }

  /** A head's keys or values at the positions whose senders change them. */
  async #changedRows(
    { layer, head }: { layer: number; head: number },
    channel: "k" | "v",
    edges: readonly Edge[],
  ): Promise<Map<number, Floats>> {
    const { base } = this.pair;
    const changed = new Map<number, Floats>();
    for (const at of POSITIONS) {
      const into = edges.filter((edge) =>
        edge.channel === channel && edge.from !== "whole" && edge.from.position === at
      );
      if (into.length === 0) continue;
      const x = await this.#received(base.at("pre", layer, at), into);
      const which = channel === "k" ? "K" : "V";
      const rows = await this.programs.project(layer, head, which, x);
      changed.set(base.request.positions[at], rows);
    }
    return changed;
  }

  async #query(
    { layer, head }: { layer: number; head: number },
    position: Position,
    edges: readonly Edge[],
  ): Promise<Floats> {
    const { base, patch } = this.pair;
    const into = edges.filter(({ channel }) => channel === "q");
    const whole = into.some(({ from }) => from === "whole");
    if (into.length > 0 && !whole) {
      const x = await this.#received(base.at("pre", layer, position), into);
      return await this.programs.project(layer, head, "Q", x);
    }
    return headColumns((whole ? patch : base).at("q", layer, position), head, this.#headShape);
  }
}

function checkPair({ base, patch }: RunPair): void {
  const said = ({ count, length, request: { positions: { YY, END } } }: RunCache) =>
    `tokens [${count}, ${length}] with YY ${YY} and END ${END}`;
  if (said(base) === said(patch)) return;
  throw new RangeError(`Cannot patch "runs": ${said(base)} and ${said(patch)}, expected one form`);
}

/**
 * The residual entering the final layer norm at END under a plan: f64 `[N, D]`, or `[S·N, D]` for a
 * sweep of S senders. Both runs must keep the attention of `plan.attentionLayers()`.
 *
 * @throws {NeuriteError} E-CIRCUIT for a sweep with a sender that cannot stand in its place.
 * @throws {RangeError} for two runs of different form, or where one does not keep what the plan needs.
 */
export async function patchedResidual(
  programs: NodePrograms,
  pair: RunPair,
  plan: PatchPlan,
  sweep?: Sweep,
): Promise<Float64Array> {
  checkPair(pair);
  if (sweep) checkSweep(plan, sweep);
  return await new Evaluation(programs, pair, plan, sweep).final();
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
    return difference(out, bias);
  }
  if (node.kind !== "head") {
    throw new RangeError(
      `Cannot take the output of "${node.kind}": not kept, expected a head or an MLP`,
    );
  }
  const { nHead, dHead } = model.config;
  const z = headColumns(run.at("z", node.layer, position), node.head, [nHead, dHead]);
  return new Float64Array(await programs.headOutput(node.layer, node.head, z));
}
