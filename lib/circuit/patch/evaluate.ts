/**
 * Treeified path patching without running the model again (spec/greater_than sections 2 and 4.2): walk
 * the plan from the logits, recompute each receiver at its position from its base residual plus the
 * changes of its senders, and leave everything else at the base run.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { depthOf, LOGITS_PLACE, type Place, placeName } from "../graph/nodes.ts";
import type { Edge, PatchPlan } from "../graph/patch_plan.ts";
import { concatenated, difference, headColumns, sumRepeated } from "./elements.ts";
import { headChange, type HeadSources } from "./head_change.ts";
import { leafChange } from "./leaf_change.ts";
import { checkSweep, type Sweep } from "./leaf_sweep.ts";
import type { NodePrograms } from "./node_programs.ts";
import type { RunCache } from "./run_cache.ts";
import type { RunPair } from "./run_pair.ts";

/** Evaluates one plan (or a sweep of them) on one pair of runs. */
class Evaluation {
  readonly #changes = new Map<string, Promise<Floats>>();
  readonly #sums = new Map<string, Floats>();

  constructor(
    readonly programs: NodePrograms,
    readonly pair: RunPair,
    readonly plan: PatchPlan,
    readonly sweep: Sweep | undefined,
  ) {}

  /** The residual before the final layer norm: `[S·N, D]`. */
  async final(): Promise<Floats> {
    const { final } = this.pair.base;
    const sum = await this.#sum(this.plan.into(LOGITS_PLACE));
    const terms: [Floats, ...Floats[]] = sum ? [final, sum] : [final];
    return sumRepeated(terms, final.length * (this.sweep?.senders.length ?? 1));
  }

  /** Base values with what the edges change: `[S·N, D]`, or `[N, D]` where the sweep does not matter. */
  async #received(base: Floats, edges: readonly Edge[]): Promise<Floats> {
    const sum = await this.#sum(edges);
    return sum ? sumRepeated([base, sum], sum.length) : base;
  }

  /**
   * What the senders of some edges change together; `undefined` where there are none. Leaves come
   * first, then receivers in the order of computation: so what one receiver is sent is most often how
   * the sum of the next one begins.
   */
  async #sum(edges: readonly Edge[]): Promise<Floats | undefined> {
    const senders = edges.flatMap(({ from }) => from === "whole" ? [] : [from]);
    const isLeaf = (place: Place) => this.plan.into(place).length === 0;
    const inOrder = [
      ...senders.filter(isLeaf),
      ...senders.filter((place) => !isLeaf(place))
        .sort((a, b) => depthOf(a.node) - depthOf(b.node)),
    ];
    if (inOrder.length === 0) return undefined;
    const key = (length: number) => inOrder.slice(0, length).map(placeName).join(" ");
    let known = inOrder.length;
    while (known > 1 && !this.#sums.has(key(known))) known--;
    const begun = this.#sums.get(key(known)) ?? await this.#change(inOrder[0]!);
    const others: Floats[] = [];
    for (const place of inOrder.slice(known)) others.push(await this.#change(place));
    const terms: [Floats, ...Floats[]] = [begun, ...others];
    const sum = others.length === 0
      ? begun
      : sumRepeated(terms, Math.max(...terms.map(({ length }) => length)));
    this.#sums.set(key(inOrder.length), sum);
    return sum;
  }

  /** What a node's output changes by: `[S·N, D]`, or `[N, D]` where the sweep does not matter. */
  #change(place: Place): Promise<Floats> {
    const key = placeName(place);
    let change = this.#changes.get(key);
    if (!change) {
      change = this.sweep && placeName(this.sweep.place) === key
        ? this.#swept(this.sweep)
        : this.plan.into(place).length > 0
        ? this.#recomputed(place)
        : leafChange(this, place);
      this.#changes.set(key, change);
    }
    return change;
  }

  async #swept({ place, senders }: Sweep): Promise<Floats> {
    const leaves: Floats[] = [];
    for (const node of senders) {
      leaves.push(await leafChange(this, { node, position: place.position }));
    }
    return concatenated(leaves);
  }

  async #recomputed(place: Place): Promise<Floats> {
    const { node, position } = place;
    const edges = this.plan.into(place);
    const { base } = this.pair;
    if (node.kind === "head") {
      const sources: HeadSources = {
        programs: this.programs,
        pair: this.pair,
        received: (values, into) => this.#received(values, into),
      };
      return await headChange(sources, { node, position }, edges);
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
}

function checkPair({ base, patch }: RunPair): void {
  const said = ({ count, length, request: { positions: { YY, END } } }: RunCache) =>
    `tokens [${count}, ${length}] with YY ${YY} and END ${END}`;
  if (said(base) === said(patch)) return;
  throw new RangeError(`Cannot patch "runs": ${said(base)} and ${said(patch)}, expected one form`);
}

/**
 * The residual entering the final layer norm at END under a plan: `[N, D]`, or `[S·N, D]` for a sweep
 * of S senders. Both runs must keep the attention of `plan.attentionLayers()`.
 *
 * @throws {NeuriteError} E-CIRCUIT for a sweep with a sender that cannot stand in its place.
 * @throws {RangeError} for two runs of different form, or where one does not keep what the plan needs.
 */
export async function patchedResidual(
  programs: NodePrograms,
  pair: RunPair,
  plan: PatchPlan,
  sweep?: Sweep,
): Promise<Floats> {
  checkPair(pair);
  if (sweep) checkSweep(plan, sweep);
  return await new Evaluation(programs, pair, plan, sweep).final();
}

/** A head's or MLP's output in a run at a position, without its bias: `[N, D]`. */
export async function nodeOutput(
  programs: NodePrograms,
  run: RunCache,
  { node, position }: Place,
): Promise<Floats> {
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
  return await programs.headOutput(node.layer, node.head, z);
}
