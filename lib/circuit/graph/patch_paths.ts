/**
 * Path patching by paths: each from the logits down to a leaf (spec/greater_than section 2). A
 * {@linkcode PatchPlan} can stand for a set of paths only where every route along their edges is one
 * of them.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { LOGITS_PLACE, type Place, placeName } from "./nodes.ts";
import { type Channel, type Edge, PatchPlan } from "./patch_plan.ts";

/** A place on a path. */
export interface PathStep {
  /** `whole` ends a path at a head's entire query. */
  readonly place: Place | "whole";
  /**
   * By which input of this head the path goes on downwards. A head without one that does not end the
   * path stands for all inputs that the next place can reach.
   */
  readonly channel?: Exclude<Channel, "x">;
}

/** A path from the logits down to its leaf, which takes its whole patch-run value. */
export type PatchPath = readonly PathStep[];

/** The path from its leaf up, as edges are written: `m3@YY->a5.h5@END<v>->m9@END->logits@END`. */
export function pathName(path: PatchPath): string {
  return path.map(({ place, channel }) =>
    (place === "whole" ? place : placeName(place)) + (channel ? `<${channel}>` : "")
  ).reverse().join("->");
}

/**
 * Every route of a plan from the logits down to a leaf, one at a time: their number can be
 * exponential in the number of edges.
 */
export function* routesOf(plan: PatchPlan): Generator<PatchPath> {
  yield* routesBelow(plan, [{ place: LOGITS_PLACE }]);
}

function* routesBelow(plan: PatchPlan, above: PatchPath): Generator<PatchPath> {
  const place = above.at(-1)!.place;
  const edges = place === "whole" ? [] : plan.into(place);
  if (edges.length === 0 && above.length > 1) yield above;
  for (const { from, channel } of edges) {
    const receiver = channel === "x" ? above.at(-1)! : { ...above.at(-1)!, channel };
    yield* routesBelow(plan, [...above.slice(0, -1), receiver, { place: from }]);
  }
}

/**
 * The inputs of a head that a sender can reach: its keys and values, and its query where both are at
 * one position.
 */
export function reachedChannels(from: Place, to: Place): Exclude<Channel, "x">[] {
  return from.position === to.position ? ["q", "k", "v"] : ["k", "v"];
}

/** The path with a channel at every head it passes: several paths where one was left open. */
function withChannels(path: PatchPath): PatchPath[] {
  const open = path.findIndex(({ place, channel }, i) =>
    place !== "whole" && place.node.kind === "head" && !channel && i < path.length - 1
  );
  if (open < 0) return [path];
  const to = path[open]!.place as Place;
  const below = path[open + 1]!.place;
  const channels = below === "whole" ? ["q" as const] : reachedChannels(below, to);
  return channels.flatMap((channel) => withChannels(path.with(open, { place: to, channel })));
}

function edgesOf(path: PatchPath): Edge[] {
  return path.slice(1).map(({ place: from }, i) => {
    const { place: to, channel = "x" } = path[i]!;
    if (to !== "whole") return { from, to, channel };
    throw refused(pathName(path), "a path that goes on below a whole query", "its end there");
  });
}

function checkEnds(path: PatchPath): void {
  const [top, below] = path;
  const name = pathName(path);
  if (!top || top.place === "whole" || placeName(top.place) !== placeName(LOGITS_PLACE)) {
    throw refused(name, "a path that does not end there", placeName(LOGITS_PLACE));
  }
  if (!below) throw refused(name, "a path without a sender", "at least one edge");
  const leaf = path.at(-1)!;
  if (leaf.channel) throw refused(name, `a leaf with channel ${leaf.channel}`, "a whole leaf");
}

/** A place that is a leaf of one path has one value there and another where it is recomputed. */
function checkLeaves(paths: readonly PatchPath[]): void {
  const passed = new Map<string, PatchPath>();
  for (const path of paths) {
    for (const { place } of path.slice(0, -1)) {
      if (place !== "whole") passed.set(placeName(place), path);
    }
  }
  for (const path of paths) {
    const { place } = path.at(-1)!;
    const through = place === "whole" ? undefined : passed.get(placeName(place));
    if (!through) continue;
    throw refused(
      placeName(place as Place),
      `the leaf of ${pathName(path)} and recomputed on ${pathName(through)}`,
      "one of the two, for a plan gives a place one value",
    );
  }
}

function refused(thing: string, is: string, expected: string) {
  return cannot("E-CIRCUIT", {
    do: "patch along",
    thing,
    is,
    expected,
    hint: "see docs/circuits.md for the paths a plan may stand for",
  });
}

/**
 * The plan whose routes are exactly these paths.
 *
 * @throws {NeuriteError} E-CIRCUIT for a path that does not lead from a leaf to `logits@END`, an edge
 * that a plan may not have, a place that is a leaf on one path and recomputed on another, and for
 * paths whose edges make a route that was not given, naming it.
 *
 * @example Usage
 * ```ts
 * import { parsePath } from "neurite/lib/circuit/graph/circuit_names.ts";
 * import { planOfPaths } from "neurite/lib/circuit/graph/patch_paths.ts";
 *
 * const config = { nLayer: 12, nHead: 12 };
 * const plan = planOfPaths([
 *   parsePath("a7.h10@END->logits@END", config),
 *   parsePath("a7.h10@END->m9@END->logits@END", config),
 * ]);
 * if (plan.edges.length !== 3) throw new Error("unreachable");
 * ```
 */
export function planOfPaths(paths: readonly PatchPath[]): PatchPlan {
  paths.forEach(checkEnds);
  const all = paths.flatMap(withChannels);
  const plan = new PatchPlan(all.flatMap(edgesOf));
  checkLeaves(all);
  const given = new Set(all.map(pathName));
  // Each given path is a route by now, so the first one too many ends the search.
  for (const route of routesOf(plan)) {
    const name = pathName(route);
    if (given.has(name)) continue;
    throw refused(name, "a route along the paths' edges that is none of them", "every route given");
  }
  return plan;
}
