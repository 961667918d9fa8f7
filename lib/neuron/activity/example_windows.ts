/**
 * Activations around the largest ones of a neuron, kept while tokens stream by: a window stays with its
 * entry of the list of largest values, so that no token has to be read a second time.
 *
 * @module
 */
import type { LargestList } from "./largest.ts";

/** Which examples have a window, and how wide. */
export interface WindowOptions {
  /** Tokens on each side of an example whose activations are kept; 0 keeps none. @default 0 */
  readonly exampleContext?: number | undefined;
  /** Examples of each neuron over all rows that have a window. @default {20} */
  readonly contextExamples?: number | undefined;
  /** The same in each subset. @default {5} */
  readonly subsetContextExamples?: number | undefined;
}

/** What the viewer shows of each neuron when nobody says. */
export const DEFAULT_WINDOWS = {
  exampleContext: 20,
  contextExamples: 20,
  subsetContextExamples: 5,
} as const;

/** Windows of one neuron. */
export interface WindowExtents {
  /** Examples that have one, the first of the list. */
  readonly windows: number;
  /** Tokens on each side. */
  readonly reach: number;
}

/** Elements of a window. */
export function windowWidth({ reach }: Pick<WindowExtents, "reach">): number {
  return 2 * reach + 1;
}

/** Windows that are written of all rows, or of each subset: `examples` there are. */
export function windowsWritten(
  { exampleContext = 0, contextExamples, subsetContextExamples, examples }: WindowOptions & {
    readonly examples: number;
  },
  part: "all" | "subset",
): number {
  if (exampleContext === 0) return 0;
  const asked = part === "all"
    ? contextExamples ?? DEFAULT_WINDOWS.contextExamples
    : subsetContextExamples ?? DEFAULT_WINDOWS.subsetContextExamples;
  return Math.min(examples, asked);
}

/** Windows of no examples, for `rows` neurons: NaN, which stands where there is no token. */
export function emptyWindows(rows: number, extents: WindowExtents): Float16Array {
  return new Float16Array(rows * extents.windows * windowWidth(extents)).fill(NaN);
}

/** The windows of one neuron. */
export interface NeuronWindows {
  /** float16 `[windows, 2·reach + 1]`. */
  readonly data: Float16Array;
  /** How many, and how wide. */
  readonly extents: WindowExtents;
}

/**
 * Moves windows to where their entries went, and fills those of entries that are new. Entries that stay
 * keep their order, so that the first of them are the ones that stay.
 *
 * @param sources where each entry's window is to be had from; −1 for one that was in the list before.
 */
function placeWindows(
  { data, extents }: NeuronWindows,
  sources: Int32Array,
  fill: (source: number, window: Float16Array) => void,
): void {
  const width = windowWidth(extents);
  let stayed = 0;
  for (const source of sources) if (source < 0) stayed++;
  if (stayed === sources.length) return;
  // From the end, where nothing is written that is still to be moved.
  for (let i = sources.length - 1; i >= 0; i--) {
    const source = sources[i]!;
    if (source >= 0) {
      fill(source, data.subarray(i * width, (i + 1) * width));
    } else if (--stayed !== i) {
      data.copyWithin(i * width, stayed * width, (stayed + 1) * width);
    }
  }
}

/** The place of an offset in rising ones. */
function placeOf(offsets: Int32Array, offset: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A block of rows of T tokens, as one neuron sees it. */
export interface NeuronBlock {
  /** Activations `[K]`, NaN where one is not finite. */
  readonly post: Float64Array;
  /** i32 `[K]`, rising, and above those of all blocks before. */
  readonly offsets: Int32Array;
  /** Tokens of a row. */
  readonly T: number;
}

/** Takes the windows of those entries of `list` that a block has just brought. */
export function addWindows(
  windows: NeuronWindows,
  { numbers }: LargestList,
  { post, offsets, T }: NeuronBlock,
): void {
  const { extents: { windows: count, reach } } = windows;
  const first = offsets[0]!;
  let brought = 0;
  for (let i = 0; i < count; i++) if (numbers[i]! >= first) brought++;
  if (brought === 0) return;
  // Loops here and below: from() with a function takes as long as all the rest.
  const sources = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    sources[i] = numbers[i]! >= first ? placeOf(offsets, numbers[i]!) : -1;
  }
  placeWindows(windows, sources, (k, window) => {
    const start = k - k % T;
    const end = start + T;
    for (let i = 0, j = k - reach; i < window.length; i++, j++) {
      window[i] = j >= start && j < end ? post[j]! : NaN;
    }
  });
}

/** Takes the windows of those entries of `list` that came from another list of other rows. */
export function mergeWindows(
  windows: NeuronWindows,
  { numbers }: LargestList,
  other: { readonly windows: NeuronWindows; readonly numbers: Int32Array },
): void {
  const width = windowWidth(windows.extents);
  const sources = new Int32Array(windows.extents.windows);
  for (let i = 0, next = 0; i < sources.length; i++) {
    const isOthers = numbers[i]! >= 0 && numbers[i] === other.numbers[next];
    sources[i] = isOthers ? next++ : -1;
  }
  placeWindows(windows, sources, (source, window) => {
    window.set(other.windows.data.subarray(source * width, (source + 1) * width));
  });
}
