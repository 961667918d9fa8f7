/**
 * Whose activations the principal components are of: the paper's nodes on GPT-2 small, on other models
 * those that play their part (spec/greater_than section 3.7).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { attentionPatterns } from "../task/attention_patterns.ts";
import type { Circuit } from "../graph/circuit.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { allSenders, LOGITS_PLACE, nodeName, parseNode } from "../graph/nodes.ts";
import { circuitRoles, type HeadNode, upperEdges } from "../graph/routes.ts";
import { type RoundOptions, runRounds } from "../rounds/rounds.ts";
import { SweepPart } from "../rounds/score_matrix.ts";
import { sweepInto } from "../rounds/sweeps.ts";

/** The nodes that are looked at. */
export interface PcaNodes {
  /** A head at END that carries the start year. */
  readonly head: HeadNode;
  /** A head of the same layer that does not. */
  readonly control: HeadNode;
  /** The layer of the MLP whose input at END is looked at. */
  readonly mlp: number;
}

/** Nodes by name, as options give them. */
export type PcaNodeNames = { readonly [node in keyof PcaNodes]?: string };

/** The paper's. */
export const PAPER_PCA_NODES = { head: "a7.h10", control: "a7.h8", mlp: "m8" } as const;

/** What a choice goes by. */
export interface NodeEvidence {
  readonly circuit: Circuit;
  /** f64 `[L, H]`: mean change of the probability difference when a head's paths take the bad run. */
  readonly effects: HostArray<Float64Array>;
  /** f64 `[L, H]`: sample standard deviation of that change over prompts. */
  readonly sd: HostArray<Float64Array>;
  /** f64 `[L, H, 2]`: 95 % bootstrap interval of its mean. */
  readonly interval: HostArray<Float64Array>;
  /** f64 `[L, H]`: mean attention from END to YY. */
  readonly attention: HostArray<Float64Array>;
  /** T: even attention would be 1 / T. */
  readonly length: number;
}

/**
 * Measures every head at END on a task: its effect by the circuit's MLPs and directly, its attention.
 * `seed` is of the bootstrap.
 */
export async function nodeEvidence(
  programs: NodePrograms,
  task: ContrastTask,
  circuit: Circuit,
  { seed = 0, ...options }: RoundOptions & { readonly seed?: number | undefined } = {},
): Promise<NodeEvidence> {
  const { model } = programs;
  const { nLayer: L, nHead: H } = model.config;
  const { mlps } = circuitRoles(circuit.edges);
  const receivers = [
    LOGITS_PLACE,
    ...mlps.map((layer) => ({ node: { kind: "mlp" as const, layer }, position: "END" as const })),
  ].map((to) => ({ to, channel: "x" as const }));
  const sweep = new SweepPart((context) =>
    sweepInto(context, {
      receivers,
      edges: upperEdges(circuit.edges),
      position: "END",
      senders: allSenders(model.config).filter(({ kind }) => kind === "head"),
    })
  );
  await runRounds(programs, task, { parts: [sweep], attentionLayers: [] }, options);
  const matrix = sweep.matrix(model.config, seed);
  const { memory, signal } = options;
  const { attn_mean: mean } = await attentionPatterns(model, task, { heads: [], memory, signal });
  const T = task.goodTokens.shape[1]!;
  const { END, YY } = task.positions;
  const heads = Array.from({ length: L * H }, (_, i) => i);
  // The matrices have the MLP's column after the heads'.
  const cell = (i: number) => Math.floor(i / H) * (H + 1) + i % H;
  const perHead = (values: (i: number) => number | number[], ...last: number[]) => ({
    data: Float64Array.from(heads.flatMap(values)),
    shape: [L, H, ...last],
  });
  const { scores, sd, interval } = matrix;
  return {
    circuit,
    effects: perHead((i) => scores.data[cell(i)]!),
    sd: perHead((i) => sd.data[cell(i)]!),
    interval: perHead((i) => [...interval.data.subarray(2 * cell(i), 2 * cell(i) + 2)], 2),
    attention: perHead((i) => mean!.data[(i * T + END) * T + YY]!),
    length: T,
  };
}

/** What a choice went by, for arrays.safetensors: `head_effects`, `_sd`, `_ci`, `head_attention`. */
export function evidenceArrays(
  { effects, sd, interval, attention }: NodeEvidence,
): Record<string, HostArray<Float64Array>> {
  return {
    "head_effects": effects,
    "head_effects_sd": sd,
    "head_effects_ci": interval,
    "head_attention": attention,
  };
}

/**
 * The nodes, those that are not given by evidence: the circuit's head at END of most effect that
 * attends to YY more than evenly, the head of its layer of least effect, the circuit's lowest MLP at END.
 *
 * @throws {NeuriteError} E-CIRCUIT when there is no such node.
 */
export function choosePcaNodes(
  given: Partial<PcaNodes>,
  evidence: Omit<NodeEvidence, "sd" | "interval">,
): PcaNodes {
  const { circuit, effects, attention, length } = evidence;
  const H = effects.shape[1]!;
  const { heads, mlps } = circuitRoles(circuit.edges);
  const effect = ({ layer, head }: HeadNode) => Math.abs(effects.data[layer * H + head]!);
  const byEffect = (nodes: readonly HeadNode[]) => nodes.toSorted((a, b) => effect(a) - effect(b));
  const looking = heads.filter(({ layer, head }) =>
    attention.data[layer * H + head]! > 1 / length &&
    !(given.control?.layer === layer && given.control.head === head)
  );
  const head = given.head ?? byEffect(looking).at(-1) ??
    missing("--head", `none of its ${heads.length} heads at END that attends to the start year`);
  const others = Array.from({ length: H }, (_, index): HeadNode => ({ ...head, head: index }))
    .filter((other) => other.head !== head.head);
  const control = given.control ?? byEffect(others)[0] ??
    missing("--control", `no head beside ${nodeName(head)} in its layer`);
  return { head, control, mlp: given.mlp ?? mlps[0] ?? missing("--mlp", "no MLP at END") };
}

function missing(option: string, is: string): never {
  throw cannot("E-CIRCUIT", {
    do: "choose",
    thing: option,
    is: `a circuit with ${is}`,
    expected: "a node that plays the part",
    hint: `name one with ${option}, such as --head a7.h10 --control a7.h8 --mlp m8`,
  });
}

/**
 * The names of the nodes that need no search: those that are given and, on the paper's model, the
 * paper's for the rest. Beside another head than the paper's its control says nothing and is left out.
 */
export function settledPcaNames(
  given: { readonly [node in keyof PcaNodes]?: string | undefined },
  { isPaperModel }: { readonly isPaperModel: boolean },
): PcaNodeNames {
  const { mlp, ...heads } = PAPER_PCA_NODES;
  const usual = isPaperModel && { ...(given.head === undefined && heads), mlp };
  const own = Object.entries(given).filter(([, name]) => name !== undefined);
  return { ...usual, ...Object.fromEntries(own) };
}

/**
 * Nodes by name: `a7.h10`, `a7.h8`, `m8`.
 *
 * @throws {NeuriteError} E-CIRCUIT for a name that is none of this model's, or not of that kind, and for
 * a control that is the head.
 */
export function namedPcaNodes(
  names: PcaNodeNames,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
): Partial<PcaNodes> {
  const headOf = (option: string, name: string | undefined) => {
    if (name === undefined) return undefined;
    const node = parseNode(name, config);
    return node.kind === "head" ? node : otherKind(option, name, "a head, such as a1.h2");
  };
  const head = headOf("--head", names.head);
  const control = headOf("--control", names.control);
  if (head && control && nodeName(head) === nodeName(control)) {
    return otherKind(
      "--control",
      names.control!,
      `another head than --head ${nodeName(head)}`,
    );
  }
  const mlp = names.mlp === undefined ? undefined : parseNode(names.mlp, config);
  if (mlp && mlp.kind !== "mlp") return otherKind("--mlp", names.mlp!, "an MLP, such as m2");
  return { ...(head && { head }), ...(control && { control }), ...(mlp && { mlp: mlp.layer }) };
}

function otherKind(option: string, name: string, expected: string): never {
  throw cannot("E-CIRCUIT", {
    do: "use node",
    thing: name,
    is: `not what ${option} takes`,
    expected,
    hint: "see docs/circuits.md for the names of nodes and edges",
  });
}
