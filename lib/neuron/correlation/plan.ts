/**
 * The work of a correlation run in tiles and passes, decided before anything is computed.
 *
 * @module
 */
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import type { TokenBlocks } from "../token_blocks.ts";
import type { StreamKind } from "./streams.ts";

/** Sizes of a model's neurons. */
export interface NeuronShape {
  readonly layers: number;
  /** F, neurons a layer. */
  readonly width: number;
  /** Bytes of its weights as float32. */
  readonly weightBytes: number;
}

/** Some layers of the first model, the rows of a tile. */
export interface Group {
  /** First layer and one past the last. */
  readonly from: number;
  readonly to: number;
  /** Place of its first neuron among all. */
  readonly start: number;
  readonly rows: number;
}

/** One layer of a stream, the columns of a tile. */
export interface Column {
  readonly partner: number;
  readonly kind: StreamKind;
  readonly layer: number;
  readonly width: number;
}

/** A part of the matrix that is summed and finished as one. */
export interface Tile {
  readonly group: Group;
  readonly column: Column;
}

/** What the plan is made for. */
export interface PlanInput {
  readonly base: NeuronShape;
  readonly partners: readonly NeuronShape[];
  readonly streams: readonly StreamKind[];
  /** Whether the covariances within each layer are summed too, which rotation needs. */
  readonly covariance: boolean;
  /** Positions of a block. */
  readonly positions: number;
  readonly blocks: number;
  /** Independent baselines from the same sums. */
  readonly draws: number;
}

/** A run's work. */
export interface CorrelationPlan {
  readonly groups: readonly Group[];
  /** The tiles summed in each walk through the tokens. */
  readonly passes: readonly (readonly Tile[])[];
  /** Bytes of all sums, were they held at once. */
  readonly sumBytes: number;
  /** Most bytes that a pass takes. */
  readonly peakBytes: number;
  /** Multiply-adds of all products, times two. */
  readonly productFlop: number;
}

/** A group's product is at most this, unless one layer's is more: few large products, small bindings. */
const GROUP_PRODUCT_BYTES = 2 ** 24;

/** Activations of a block, of a group or a whole small model, are at most this where they can be. */
const BLOCK_BYTES = 2 ** 26;

/** Tokens of a block when nobody says: as many as {@linkcode BLOCK_BYTES} hold, within these. */
const [FEWEST_TOKENS, MOST_TOKENS] = [2048, 8192];

/** Products waiting to be read back behind one fence. */
export const READ_BYTES = 2 ** 26;

/** What the process takes besides arrays: runtimes, and memory that is not collected yet. */
const PROCESS_BYTES = 2 ** 28;

/** Bytes of a neuron in a summary: 50 best and 50 worst with places, 101 bins, moments. */
const SUMMARY_BYTES = 100 * 12 + 101 * 4 + 64;

/**
 * Tokens of a block when nobody says. A product of many tokens is read back and added once, so small
 * models, whose products are small, take more. It depends on the models alone, as sums do.
 */
export function usualBlockTokens(
  { base, partners }: Pick<PlanInput, "base" | "partners">,
): number {
  const neurons = Math.max(...[base, ...partners].map(({ layers, width }) => layers * width));
  const fitting = 2 ** Math.floor(Math.log2(BLOCK_BYTES / (4 * neurons)));
  return Math.max(FEWEST_TOKENS, Math.min(MOST_TOKENS, fitting));
}

/** Tiles by rows: the same for any memory, because a product's bits may depend on its shape. */
function groupsOf({ base, partners, positions }: PlanInput): Group[] {
  const across = Math.max(...partners.map(({ width }) => width));
  const inBytes = (bytes: number, columns: number) =>
    Math.floor(bytes / (4 * base.width * columns));
  const fitting = [inBytes(GROUP_PRODUCT_BYTES, across), inBytes(BLOCK_BYTES, positions)];
  const most = Math.max(1, Math.min(...fitting));
  const groups: Group[] = [];
  for (let from = 0; from < base.layers; from += most) {
    const to = Math.min(base.layers, from + most);
    groups.push({ from, to, start: from * base.width, rows: (to - from) * base.width });
  }
  return groups;
}

/** All tiles in the order in which they are finished: layers of a stream one after the other. */
function tilesOf({ partners, streams }: PlanInput, groups: readonly Group[]): Tile[] {
  return partners.flatMap(({ layers, width }, partner) =>
    streams.flatMap((kind) =>
      Array.from({ length: layers }, (_, layer) => ({ partner, kind, layer, width }))
        .flatMap((column) => groups.map((group) => ({ group, column })))
    )
  );
}

/** Bytes that every pass takes: the first model, a block's activations, what is being finished. */
function fixedBytes({ base, partners, positions, streams, draws }: PlanInput): number {
  const n1 = base.layers * base.width;
  const widest = Math.max(...partners.map(({ width }) => width));
  const n2 = Math.max(...partners.map(({ layers, width }) => layers * width));
  const activations = 4 * positions * (n1 + Math.max(n1, 2 * n2) + 2 * widest);
  const all = partners.reduce((sum, { layers, width }) => sum + layers * width, 0);
  const summaries = SUMMARY_BYTES * (partners.length * n1 + all) * (streams.length + draws);
  const finishing = 4 * widest * ((draws + 2) * widest + 3 * Math.max(widest, base.width));
  const besides = PROCESS_BYTES + 2 * READ_BYTES;
  return base.weightBytes + activations + summaries + finishing + besides;
}

/**
 * Plans a run: its sums go into as few passes as `memory` bytes allow, and a pass walks through all
 * tokens once for the sums it holds.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when not even one tile fits.
 *
 * @example Usage
 * ```ts
 * import { planCorrelation } from "neurite/lib/neuron/correlation/plan.ts";
 *
 * const small = { layers: 12, width: 3072, weightBytes: 5e8 };
 * const plan = planCorrelation({
 *   base: small, partners: [small], streams: ["real"], covariance: true,
 *   positions: 2048, blocks: 50_000, draws: 1,
 * }, 2 ** 33);
 * if (plan.passes.length < 2) throw new Error("unreachable");
 * ```
 */
export function planCorrelation(input: PlanInput, memory: number): CorrelationPlan {
  const groups = groupsOf(input);
  const fixed = fixedBytes(input);
  const passes: Tile[][] = [];
  let [held, peakBytes, sumBytes, products] = [Infinity, 0, 0, 0];
  for (const tile of tilesOf(input, groups)) {
    const { group, column: { width } } = tile;
    const before = passes.at(-1)?.at(-1);
    const tileBytes = 8 * group.rows * width;
    const squareBytes = input.covariance ? 8 * width ** 2 : 0;
    const weights = input.partners[tile.column.partner]!.weightBytes;
    const extra = (last: Tile | undefined) =>
      (last?.column === tile.column ? 0 : squareBytes) +
      (last?.column.partner === tile.column.partner ? 0 : weights);
    if (held + tileBytes + extra(before) > memory) {
      passes.push([]);
      held = fixed;
    }
    const pass = passes.at(-1)!;
    const more = tileBytes + extra(pass.at(-1));
    if (pass.length === 0 && held + more > memory) throw tooSmall(held + more, memory);
    held += more;
    pass.push(tile);
    peakBytes = Math.max(peakBytes, held);
    const isNewColumn = pass.length === 1 || pass.at(-2)!.column !== tile.column;
    sumBytes += tileBytes + (before?.column === tile.column ? 0 : squareBytes);
    products += group.rows * width + (isNewColumn && input.covariance ? width ** 2 : 0);
  }
  const productFlop = 2 * products * input.positions * input.blocks;
  return { groups, passes, sumBytes, peakBytes, productFlop };
}

/** A plan in one line for people. */
export function describePlan(
  { passes, sumBytes, peakBytes, productFlop, blocks }: CorrelationPlan & {
    readonly blocks: TokenBlocks;
  },
): string {
  const tiles = passes.reduce((sum, pass) => sum + pass.length, 0);
  return [
    `${formatCount(blocks.count)} blocks of ${formatCount(blocks.positions)} tokens`,
    `${formatCount(tiles)} tiles in ${formatCount(passes.length)} passes through the tokens`,
    `${formatBytes(sumBytes)} of sums`,
    `${formatBytes(peakBytes)} at most at once`,
    `${formatCount(productFlop / 1e9)} GFLOP of products`,
  ].join(", ");
}

function tooSmall(needed: number, memory: number) {
  return cannot("E-DEVICE-MEMORY", {
    do: "sum the products of",
    thing: "one tile",
    is: `${needed} bytes with models and activations`,
    expected: `at most ${memory} bytes, the --memory of this run`,
    hint: "raise --memory, or lower --block-tokens where the sums are made",
  });
}
