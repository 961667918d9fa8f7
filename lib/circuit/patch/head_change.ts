/**
 * A head computed again with some of its inputs changed.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { attentionScale } from "../../model/config/config.ts";
import { type Position, POSITIONS } from "../graph/nodes.ts";
import type { Edge } from "../graph/patch_plan.ts";
import type { HeadNode } from "../graph/routes.ts";
import { difference, headColumns } from "./elements.ts";
import { mixHead } from "./head_mixing.ts";
import type { NodePrograms, Projection } from "./node_programs.ts";
import type { RunPair } from "./run_pair.ts";

/** What heads are computed again from. */
export interface HeadSources {
  readonly programs: NodePrograms;
  readonly pair: RunPair;
  /** Base values `[N, D]` with what edges change. */
  received(base: Floats, edges: readonly Edge[]): Promise<Floats>;
}

/** Where a head stands. */
interface HeadPlace {
  readonly node: HeadNode;
  readonly position: Position;
}

/**
 * By how much the edges into a head change its output: `[N, D]`, or `[S·N, D]` where they carry a
 * sweep. Only the queries, keys and values that change are projected again.
 */
export async function headChange(
  sources: HeadSources,
  place: HeadPlace,
  edges: readonly Edge[],
): Promise<Floats> {
  const { programs, pair: { base } } = sources;
  const { node: { layer, head }, position } = place;
  const { config } = programs.model;
  const { nHead, dHead } = config;
  const z = mixHead({
    query: await queryOf(sources, place, edges),
    keys: base.everywhere("k", layer),
    values: base.everywhere("v", layer),
    changedKeys: await changedRows(sources, place.node, edges.filter(isOf("k")), "K"),
    changedValues: await changedRows(sources, place.node, edges.filter(isOf("v")), "V"),
  }, {
    count: base.count,
    length: base.length,
    index: base.request.positions[position],
    head,
    nHead,
    dHead,
    scale: attentionScale(config, layer),
  });
  const before = headColumns(base.at("z", layer, position), head, [nHead, dHead]);
  return await programs.headOutput(layer, head, difference(z, before));
}

function isOf(channel: Edge["channel"]) {
  return (edge: Edge) => edge.channel === channel;
}

/** A head's keys or values at the positions whose senders change them. */
async function changedRows(
  { programs, pair: { base }, received }: HeadSources,
  { layer, head }: HeadNode,
  edges: readonly Edge[],
  which: Projection,
): Promise<Map<number, Floats>> {
  const changed = new Map<number, Floats>();
  for (const at of POSITIONS) {
    const into = edges.filter(({ from }) => from !== "whole" && from.position === at);
    if (into.length === 0) continue;
    const x = await received(base.at("pre", layer, at), into);
    changed.set(base.request.positions[at], await programs.project(layer, head, which, x));
  }
  return changed;
}

/** A head's query: of the base run, of the patch run where the whole is patched, or made again. */
async function queryOf(
  { programs, pair: { base, patch }, received }: HeadSources,
  { node: { layer, head }, position }: HeadPlace,
  edges: readonly Edge[],
): Promise<Floats> {
  const into = edges.filter(isOf("q"));
  const whole = into.some(({ from }) => from === "whole");
  if (into.length > 0 && !whole) {
    const x = await received(base.at("pre", layer, position), into);
    return await programs.project(layer, head, "Q", x);
  }
  const { nHead, dHead } = programs.model.config;
  return headColumns((whole ? patch : base).at("q", layer, position), head, [nHead, dHead]);
}
