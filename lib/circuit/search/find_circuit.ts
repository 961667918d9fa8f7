/**
 * Finding a circuit the way the paper did: sweep senders into the logits, then into each MLP that
 * mattered, then into the heads that were found, then into the low MLPs that feed them, and keep what
 * moves the probability difference by more than a stated share of it.
 *
 * @module
 */
import type { Circuit, WeightedEdge } from "../graph/circuit.ts";
import { type ContrastTask, searchRows, taskSize } from "../task/contrast_task.ts";
import { edgeEffects } from "../rounds/edge_weights.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import {
  allSenders,
  type CircuitNode,
  depthOf,
  nodeName,
  type Place,
  placeName,
  type Position,
} from "../graph/nodes.ts";
import { type Edge, edge, edgeName } from "../graph/patch_plan.ts";
import { type PromptRunOptions, promptRuns } from "../rounds/prompt_runs.ts";
import { circuitRoles } from "../graph/routes.ts";
import { effectsBySender } from "../rounds/score_matrix.ts";
import { type Receiver, type SweepContext, sweepInto } from "../rounds/sweeps.ts";
import { meanAndSd } from "../task/year_metrics.ts";

/** How a circuit is found. */
export interface FindOptions extends PromptRunOptions {
  /**
   * Share of the model's mean probability difference that a sender must move to be kept.
   * @default {0.02}
   */
  readonly threshold?: number | undefined;
  /** Told after each sweep what was swept. */
  readonly onSweep?: ((what: string) => void) | undefined;
}

/** The default of {@linkcode FindOptions.threshold}: the paper's weakest heads move about as much. */
export const DEFAULT_THRESHOLD = 0.02;

const INPUT: CircuitNode = { kind: "input" };
const LOGITS: CircuitNode = { kind: "logits" };
const at = (node: CircuitNode, position: Position): Place => ({ node, position });

/** The search on one set of runs. */
class Search {
  constructor(
    readonly context: SweepContext,
    readonly least: number,
    readonly onSweep: (what: string) => void,
  ) {}

  /** The senders whose mean effect on any of the receivers is large enough. */
  async senders(
    receivers: readonly Receiver[],
    edges: readonly Edge[],
    position: Position,
  ): Promise<CircuitNode[]> {
    const candidates = [...(position === "YY" ? [INPUT] : []), ...allSenders(this.#config)];
    const swept = await sweepInto(this.context, {
      receivers,
      edges,
      position,
      senders: candidates,
    });
    this.onSweep(receivers.map(({ to, channel }) => `${placeName(to)}<${channel}>`).join(" "));
    const means = effectsBySender(swept).map((effects) => meanAndSd(effects).mean);
    return swept.senders.filter((_, index) => Math.abs(means[index]!) >= this.least);
  }

  get #config() {
    return this.context.programs.model.config;
  }

  /** Edges into one node without channels from every sender at its position that matters. */
  async into(node: CircuitNode, position: Position, edges: readonly Edge[]): Promise<Edge[]> {
    const receivers: Receiver[] = [{ to: at(node, position), channel: "x" }];
    return (await this.senders(receivers, edges, position))
      .map((sender) => edge(sender, node, position));
  }

  /** Sweeps into MLPs at a position, last layer first, as long as sweeps find new ones. */
  async intoMlps(position: Position, edges: readonly Edge[]): Promise<Edge[]> {
    const found = [...edges];
    const swept = new Set<string>();
    for (;;) {
      const waiting = found.flatMap(({ from }) =>
        from !== "whole" && from.node.kind === "mlp" && from.position === position &&
          !swept.has(nodeName(from.node))
          ? [from.node]
          : []
      );
      const next = waiting.sort((a, b) => depthOf(b) - depthOf(a))[0];
      if (!next) return found;
      swept.add(nodeName(next));
      found.push(...await this.into(next, position, found));
    }
  }
}

/** Drops edges from MLPs at END that nothing feeds: as leaves they would take their patch value. */
function withoutUnfed(edges: readonly Edge[]): Edge[] {
  const fed = new Set(edges.map(({ to }) => placeName(to)));
  const kept = edges.filter(({ from }) =>
    from === "whole" || from.node.kind !== "mlp" || from.position !== "END" ||
    fed.has(placeName(from))
  );
  return kept.length === edges.length ? kept : withoutUnfed(kept);
}

/** END: senders to the logits, then to the MLPs among them. */
async function upperSearch(search: Search): Promise<Edge[]> {
  const direct = await search.into(LOGITS, "END", []);
  return withoutUnfed(await search.intoMlps("END", direct));
}

/** YY: senders to the keys and values of the heads at END, then to the MLPs among them. */
async function lowerSearch(search: Search, upper: readonly Edge[]): Promise<Edge[]> {
  const { heads } = circuitRoles(upper);
  const found: Edge[] = [];
  for (const channel of ["k", "v"] as const) {
    const receivers = heads.map((node): Receiver => ({ to: at(node, "END"), channel }));
    for (const sender of await search.senders(receivers, upper, "YY")) {
      const later = receivers.filter(({ to }) => depthOf(to.node) > depthOf(sender));
      found.push(...later.map((receiver): Edge => ({ from: at(sender, "YY"), ...receiver })));
    }
  }
  const whole = heads.map((node): Edge => ({ from: "whole", to: at(node, "END"), channel: "q" }));
  return [...await search.intoMlps("YY", [...upper, ...found]), ...whole];
}

/**
 * Finds a circuit for a task, on at most 490 of its prompts, and weighs its edges. Without a head at
 * END above the threshold the circuit has no edges: nothing would feed its MLPs.
 *
 * @throws {NeuriteError} as {@linkcode promptRuns}.
 */
export async function findCircuit(
  programs: NodePrograms,
  task: ContrastTask,
  options: FindOptions = {},
): Promise<Circuit> {
  const { threshold = DEFAULT_THRESHOLD, onSweep = () => {}, ...run } = options;
  const part = searchRows(task);
  const count = taskSize(part);
  const searching = async <T>(
    attentionLayers: readonly number[],
    search: (search: Search) => Promise<T>,
  ): Promise<T> => {
    for await (
      const { good, bad, task: own, baseline } of promptRuns(programs, part, { attentionLayers }, {
        ...run,
        promptsARound: count,
      })
    ) {
      const { probDiff } = baseline;
      const pair = { base: good, patch: bad };
      const context = { programs, pair, task: own, baseline: probDiff, signal: run.signal };
      const least = threshold * Math.abs(meanAndSd(probDiff).mean);
      return await search(new Search(context, least, onSweep));
    }
    throw new RangeError(`Cannot search "task": no prompts, expected at least one`);
  };
  const upper = await searching([], upperSearch);
  const layers = [...new Set(circuitRoles(upper).heads.map(({ layer }) => layer))];
  const below = async (search: Search): Promise<WeightedEdge[]> => {
    const found = await lowerSearch(search, upper);
    const effects = await edgeEffects(search.context, found);
    onSweep("edges one by one");
    return found.map((each) => ({
      ...each,
      weight: meanAndSd(effects.get(edgeName(each))!).mean,
    }));
  };
  return {
    name: "auto",
    // Without a head at END no MLP there is fed, so the upper part has no edges.
    edges: upper.length > 0 ? await searching(layers, below) : [],
    provenance: { method: "iterative path patching", threshold, prompts: count },
  };
}
