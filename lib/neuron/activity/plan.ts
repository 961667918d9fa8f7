/**
 * How the neurons of a model are shared out over walks through the tokens, so that sums fit in memory.
 *
 * @module
 */
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import { SUMS_MEMORY } from "../../cli/common_options.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { weightBytes } from "../../model/weight_bytes.ts";
import { windowsWritten, windowWidth } from "./example_windows.ts";
import { extentsOf, type SummarySetup } from "./setup.ts";
import { bytesPerNeuron, type NeuronSlice } from "./slice_sums.ts";
import type { TokenSlots } from "./token_slots.ts";

/** What a plan depends on beside model and rows. */
export interface PlanOptions {
  /** Bytes for all that is held at once. @default {4 GiB} */
  readonly memory?: number | undefined;
  /** Tokens computed as one. @default {2048} */
  readonly blockTokens?: number | undefined;
}

/** Enough for matrix products at their best rate; more tokens cost memory for each layer read. */
export const DEFAULT_BLOCK_TOKENS = 2048;

/** The walks of a summary. */
export interface SummaryPlan {
  /** The neurons of each walk; all layers up to the last of them are run. */
  readonly passes: readonly (readonly NeuronSlice[])[];
  /** Rows of every block but the last of a part. */
  readonly rowsPerBlock: number;
  /** Blocks of one walk. */
  readonly blocks: number;
  /** Layers run in all walks. */
  readonly layersRun: number;
  /** Most bytes held at once. */
  readonly bytes: {
    readonly sums: number;
    readonly weights: number;
    readonly work: number;
    readonly tokens: number;
  };
}

/** Bytes of sums of one neuron: of the part at hand, and of all rows when there are several parts. */
function sumBytes({ parts, pooled, isLabelled, rank }: SummarySetup): number {
  const bytes = (slots: TokenSlots) => bytesPerNeuron(extentsOf(rank, slots));
  const largest = Math.max(...parts.map(({ slots }) => bytes(slots)));
  return largest + (isLabelled ? bytes(pooled) : 0);
}

/** A block's own activations, and those read of some layers: on the device, here, and read ahead. */
function workBytes(config: ModelConfig, [rows, T]: readonly [number, number], layers: number) {
  const { dModel: D, dMlp: F, nHead: H } = config;
  return 4 * rows * T * (8 * D + 2 * F + 2 * H * T + 3 * 2 * layers * F);
}

/** Sizes of the groups that `count` is cut into, none above `most`, the smaller ones first. */
function groups(count: number, most: number): number[] {
  const parts = Math.ceil(count / most);
  return Array.from({ length: parts }, (_, i) => i === 0 ? count - (parts - 1) * most : most);
}

function slicesOf(config: ModelConfig, perPass: number): NeuronSlice[][] {
  const { nLayer: L, dMlp: F } = config;
  if (perPass < F) {
    return Array.from({ length: L }, (_, layer) => {
      let from = 0;
      return groups(F, perPass).map((size) => [{ layer, from, to: from += size }]);
    }).flat();
  }
  let layer = 0;
  // Small walks first: they are the ones that stop early.
  return groups(L, Math.floor(perPass / F)).map((size) =>
    Array.from({ length: size }, () => ({ layer: layer++, from: 0, to: F }))
  );
}

/**
 * Shares out the neurons.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when the memory does not hold the sums of one neuron.
 */
export function planSummary(
  config: ModelConfig,
  setup: SummarySetup,
  { memory = SUMS_MEMORY, blockTokens = DEFAULT_BLOCK_TOKENS }: PlanOptions = {},
): SummaryPlan {
  const { nLayer: L, dMlp: F } = config;
  const [B, T] = setup.tokens.shape as [number, number];
  const rowsPerBlock = Math.max(1, Math.min(B, Math.floor(blockTokens / T)));
  const block = [rowsPerBlock, T] as const;
  const perNeuron = sumBytes(setup);
  const fixed = weightBytes(config) + setup.tokens.data.byteLength;
  const room = (layers: number) => memory - fixed - workBytes(config, block, layers);
  let layers = L;
  while (layers > 1 && room(layers) < layers * F * perNeuron) layers--;
  const perPass = Math.min(layers * F, Math.floor(room(layers) / perNeuron));
  if (perPass < 1) throw tooSmall(memory, memory - room(1) + perNeuron);
  const passes = slicesOf(config, perPass);
  const neurons = (pass: readonly NeuronSlice[]) =>
    pass.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    passes,
    rowsPerBlock,
    blocks: setup.parts.reduce((sum, { rows }) => sum + Math.ceil(rows.length / rowsPerBlock), 0),
    layersRun: passes.reduce((sum, pass) => sum + pass.at(-1)!.layer + 1, 0),
    bytes: {
      sums: Math.max(...passes.map(neurons)) * perNeuron,
      weights: weightBytes(config),
      work: workBytes(config, block, Math.max(...passes.map((pass) => pass.length))),
      tokens: setup.tokens.data.byteLength,
    },
  };
}

function tooSmall(memory: number, least: number) {
  return cannot("E-DEVICE-MEMORY", {
    do: "plan",
    thing: "activation summary",
    is: `${formatBytes(least)} needed for the model, a block of tokens and one neuron`,
    expected: `at most --memory, ${formatBytes(memory)}`,
    hint: "raise --memory, lower --block-tokens, or leave the vocabulary out with --vocab-top 0",
  });
}

/** The work and the memory of a summary, in words. */
export function describePlan(config: ModelConfig, setup: SummarySetup, plan: SummaryPlan): string {
  const { nLayer: L, dMlp: F, vocabSize: V } = config;
  const { passes, blocks, rowsPerBlock, layersRun, bytes } = plan;
  const { rank, pooled, tokens } = setup;
  const held = bytes.sums + bytes.weights + bytes.work + bytes.tokens;
  const subsets = setup.isLabelled ? setup.parts.length : 0;
  const contexts = L * F * (contextBytes(rank, "all") + subsets * contextBytes(rank, "subset"));
  const files = (subsets + 1) * outputBytes(L * F, V, rank) + contexts;
  const several = passes.length === 1 ? "1 walk" : `${passes.length} walks`;
  const times = (layersRun / L).toPrecision(3);
  return `${formatCount(L * F)} neurons over ${formatCount(tokens.data.length)} tokens ` +
    `(${formatCount(pooled.tokens.length)} of ${
      formatCount(V)
    } token ids followed) in ${several} ` +
    `of ${formatCount(blocks)} blocks of ${formatCount(rowsPerBlock * tokens.shape[1]!)} tokens, ` +
    `the work of ${times} forward passes; ${formatBytes(held)} at once, of which sums ` +
    `${formatBytes(bytes.sums)}, weights ${formatBytes(bytes.weights)}, activations ` +
    `${formatBytes(bytes.work)}, token ids ${formatBytes(bytes.tokens)}; ` +
    `${formatBytes(files)} of arrays to write` +
    (contexts === 0 ? "" : `, of which activations around examples ${formatBytes(contexts)}`) +
    ", twice that while they are put together";
}

/** Bytes that the surroundings of one neuron's examples take in a file. */
function contextBytes(rank: SummarySetup["rank"], part: "all" | "subset"): number {
  const { exampleContext = 0 } = rank;
  return Float16Array.BYTES_PER_ELEMENT * windowsWritten(rank, part) *
    windowWidth({ reach: exampleContext });
}

function outputBytes(neurons: number, V: number, { vocabTop, examples }: SummarySetup["rank"]) {
  const vocabulary = vocabTop < 0 ? 8 * V : 16 * Math.min(vocabTop, V);
  return neurons * (4 * 257 + 16 + 8 * examples + vocabulary);
}
