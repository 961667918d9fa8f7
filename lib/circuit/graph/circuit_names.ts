/**
 * Reads the names that edges and paths are written by: `m3@YY->a5.h5@END<v>->logits@END`.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { parsePlace, type Place } from "./nodes.ts";
import { type PatchPath, type PathStep, reachedChannels } from "./patch_paths.ts";
import { type Channel, checkEdge, type Edge } from "./patch_plan.ts";

type Sizes = Pick<ModelConfig, "nLayer" | "nHead">;

const HEAD_CHANNELS = ["q", "k", "v"] as const satisfies readonly Channel[];

function refused(thing: string, is: string, expected: string) {
  return cannot("E-CIRCUIT", {
    do: "read edges of",
    thing,
    is,
    expected,
    hint: "see docs/circuits.md for the names of nodes and edges",
  });
}

/** `a5.h5@END<v>`, `m9@END` or `whole`. */
function parseStep(text: string, config: Sizes, whole: string): PathStep {
  if (text === "whole") return { place: "whole" };
  const [, placed, letter] = /^([^<]*)(?:<(.*)>)?$/.exec(text) ?? [];
  const channel = HEAD_CHANNELS.find((known) => known === letter);
  if (placed === undefined || (letter !== undefined && !channel)) {
    throw refused(whole, `"${text}" in it`, "a place, or a head with <q>, <k> or <v> behind it");
  }
  const place = parsePlace(placed, config);
  return channel ? { place, channel } : { place };
}

/**
 * Reads a path as `pathName` writes it, from its leaf up to the logits; a path may leave out a head's
 * channel (see `PathStep`). It is returned from the logits down.
 *
 * @throws {NeuriteError} E-CIRCUIT for a name of another form, a node the model does not have, or a
 * place without a position. What a path may be is for `planOfPaths` to check.
 */
export function parsePath(name: string, config: Sizes): PatchPath {
  return name.split("->").map((step) => parseStep(step, config, name)).reverse();
}

/**
 * Reads an edge as `edgeName` writes it. An edge into a head without a channel stands for all inputs
 * of the head that it can reach: its keys and values, and its query from the head's own position.
 *
 * @throws {NeuriteError} E-CIRCUIT for a name of another form, a node the model does not have, a place
 * without a position, or an edge that cannot carry anything (`checkEdge`).
 *
 * @example Usage
 * ```ts
 * import { parseEdge } from "neurite/lib/circuit/graph/circuit_names.ts";
 * import { edgeName } from "neurite/lib/circuit/graph/patch_plan.ts";
 *
 * const edges = parseEdge("m3@YY->a5.h5@END", { nLayer: 12, nHead: 12 });
 * if (edges.map(edgeName).join() !== "m3@YY->a5.h5@END<k>,m3@YY->a5.h5@END<v>") {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export function parseEdge(name: string, config: Sizes): Edge[] {
  const [receiver, sender, ...others] = parsePath(name, config);
  if (!receiver || !sender || others.length > 0) {
    throw refused(name, sender ? "more than one edge" : "one place", "sender->receiver");
  }
  if (receiver.place === "whole" || sender.channel) {
    throw refused(name, "no edge", "a sender, then a receiver that may have a channel");
  }
  const { place: to, channel } = receiver;
  const edges = channelsOf(sender.place, to, channel)
    .map((each): Edge => ({ from: sender.place, to, channel: each }));
  edges.forEach(checkEdge);
  return edges;
}

function channelsOf(from: Place | "whole", to: Place, channel: Channel | undefined): Channel[] {
  if (channel) return [channel];
  if (to.node.kind !== "head" || from === "whole") return ["x"];
  return reachedChannels(from, to);
}
