/**
 * The arrays that a walk's sums become.
 *
 * @module
 */
import { elementCount } from "../../array.ts";
import { type StreamedArray, streamedArray } from "../../store/format/safetensors_stream.ts";
import { PRE_BINS, PRE_EDGES } from "./bins.ts";
import { emptyLists, insertLargest, type LargestList, listOf } from "./largest.ts";
import { powerMoments } from "./moments.ts";
import { windowWidth } from "./example_windows.ts";
import type { Ranking } from "./setup.ts";
import type { SliceSums } from "./slice_sums.ts";
import type { TokenSlots } from "./token_slots.ts";

/** The original divides by this much more than the count. */
const COUNT_OFFSET = 1e-3;

function streamed(data: Float32Array | Int32Array, inner: readonly number[]): StreamedArray {
  return streamedArray({ data, shape: [data.length / elementCount(inner), ...inner] });
}

/** Arrays that do not belong to neurons: `neuron_bin_edges [256]`, `vocab_counts [V]`, float32. */
export function commonArrays({ counts }: TokenSlots): Record<string, StreamedArray> {
  return {
    "neuron_bin_edges": streamed(Float32Array.from(PRE_EDGES), []),
    "vocab_counts": streamed(Float32Array.from(counts), []),
  };
}

/**
 * Arrays of the neurons of some slices, rows in their order: `neuron_bin_counts`, `pre_mean`, `pre_var`,
 * `pre_skew`, `pre_kurt`, `max_activating_value`, `max_activating_index`, `max_activating_context` where
 * there are windows, and of the vocabulary `vocab_mean`, `vocab_max` with their tokens in `_ix`, or of all
 * tokens and without `_ix`.
 */
export function neuronArrays(
  sums: readonly SliceSums[],
  ranking: Ranking,
): Record<string, StreamedArray> {
  const { examples, vocabTop, originalExtremes } = ranking.rank;
  const rows = sums.reduce((total, { count }) => total + count, 0);
  const largest = emptyLists(rows, examples);
  let start = 0;
  for (const one of sums) {
    largest.values.set(one.values, start * examples);
    largest.numbers.set(one.numbers, start * examples);
    start += one.count;
  }
  const values = largest.values.map((value, i) => filled(value, largest.numbers[i]!));
  if (originalExtremes) {
    values.forEach((value, i) => {
      if (value > 0) return;
      values[i] = 0;
      largest.numbers[i] = 0;
    });
  }
  return {
    "neuron_bin_counts": joined(sums.map(({ bins }) => bins), [PRE_BINS]),
    ...momentArrays(sums),
    "max_activating_value": streamed(Float32Array.from(values), [examples]),
    "max_activating_index": streamed(largest.numbers, [examples]),
    ...contextArray(sums, rows, ranking),
    ...(vocabTop < 0 ? wholeVocabulary(sums, ranking) : {}),
    ...(vocabTop > 0 ? rankedVocabulary(sums, rows, ranking) : {}),
  };
}

function joined(parts: readonly Int32Array[], inner: readonly number[]): StreamedArray {
  const bytes = parts.map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const rows = parts.reduce((sum, { length }) => sum + length, 0) / inner[0]!;
  return { type: "I32", shape: [rows, ...inner], chunks: () => bytes };
}

function momentArrays(sums: readonly SliceSums[]): Record<string, StreamedArray> {
  const moments = sums.flatMap(({ bins, powers, shift, count }) =>
    Array.from({ length: count }, (_, row) => {
      const own = bins.subarray(row * PRE_BINS, (row + 1) * PRE_BINS);
      const binned = own.reduce((a, b) => a + b, 0);
      const four = powers.subarray(row * 4, row * 4 + 4);
      return powerMoments(four, { count: binned, shift: shift[row]! });
    })
  );
  return Object.fromEntries((["mean", "var", "skew", "kurt"] as const).map((name) => [
    `pre_${name}`,
    streamed(Float32Array.from(moments, (one) => one[name]), []),
  ]));
}

/**
 * `max_activating_context` f16 `[N, windows, 2·reach + 1]`: activations from `reach` tokens before an example
 * to `reach` after it, NaN where the row has no such token.
 */
function contextArray(
  sums: readonly SliceSums[],
  rows: number,
  { windows, rank: { originalExtremes } }: Ranking,
): Record<string, StreamedArray> {
  const extents = sums[0]?.extents;
  if (windows === 0 || !extents) return {};
  const width = windowWidth(extents);
  function* chunks() {
    for (const one of sums) {
      const kept = new Float16Array(one.count * windows * width);
      for (let row = 0; row < one.count; row++) {
        kept.set(one.windowsOf(row).data.subarray(0, windows * width), row * windows * width);
        if (!originalExtremes) continue;
        // Entries up to 0 gave way to a token that was not looked at.
        const above = one.examplesOf(row).values.findIndex((value) => !(value > 0));
        const end = above < 0 ? windows : Math.min(above, windows);
        kept.fill(NaN, (row * windows + end) * width, (row + 1) * windows * width);
      }
      yield new Uint8Array(kept.buffer);
    }
  }
  return {
    "max_activating_context": { type: "F16", shape: [rows, windows, width], chunks },
  };
}

/** NaN where there is no entry. */
function filled(value: number, number: number): number {
  return number < 0 ? NaN : value;
}

/** What is kept of the tokens of each neuron; rows come one after the other. */
function* tokenStatistics(sums: readonly SliceSums[]) {
  for (const one of sums) {
    for (let row = 0; row < one.count; row++) yield one.byToken(row);
  }
}

function rankedVocabulary(
  sums: readonly SliceSums[],
  rows: number,
  { slots: { tokens, counts }, rank: { vocabTop, minCount, originalExtremes } }: Ranking,
): Record<string, StreamedArray> {
  const k = Math.min(vocabTop, counts.length);
  const [means, maxima] = [emptyLists(rows, k), emptyLists(rows, k)];
  const ranked = Int32Array.from(tokens.keys()).filter((slot) =>
    counts[tokens[slot]!]! >= minCount
  );
  // A sum of nothing is 0, and so is the mean that the original ranks.
  const absent = minCount === 0 ? [...counts.keys()].filter((id) => counts[id] === 0) : [];
  const zeros = absent.slice(0, k);
  let row = 0;
  for (const { sum, maxima: found } of tokenStatistics(sums)) {
    const mean = listOf(means, row, k);
    for (const slot of ranked) {
      const token = tokens[slot]!;
      insertLargest(mean, sum[slot]! / (counts[token]! + COUNT_OFFSET), token);
    }
    for (const token of zeros) insertLargest(mean, 0, token);
    const largest = listOf(maxima, row, k);
    largest.values.set(found.values);
    largest.numbers.set(found.numbers);
    if (originalExtremes) beginAtZero(largest);
    row++;
  }
  return {
    ...listArrays("vocab_mean", means, k),
    ...listArrays("vocab_max", maxima, k),
  };
}

/** Maxima that began at 0: no token has less, so that after those above 0 come the lowest ids. */
function beginAtZero({ values, numbers }: LargestList): void {
  const positive = values.findIndex((value) => !(value > 0));
  if (positive < 0) return;
  const listed = new Set(numbers.subarray(0, positive));
  let token = 0;
  for (let i = positive; i < values.length; i++) {
    while (listed.has(token)) token++;
    values[i] = 0;
    numbers[i] = token++;
  }
}

function listArrays(name: string, { values, numbers }: LargestList, k: number) {
  const written = Float32Array.from(values, (value, i) => filled(value, numbers[i]!));
  return { [name]: streamed(written, [k]), [`${name}_ix`]: streamed(numbers, [k]) };
}

/** All tokens of every neuron `[N, V]`, made row by row: NaN for tokens that never occur. */
function wholeVocabulary(
  sums: readonly SliceSums[],
  { slots: { tokens, counts }, rank: { originalExtremes } }: Ranking,
): Record<string, StreamedArray> {
  const V = counts.length;
  const rows = sums.reduce((total, { count }) => total + count, 0);
  function* rowsOf(valueOf: (sum: number, max: number, count: number) => number, absent: number) {
    for (const { sum, max } of tokenStatistics(sums)) {
      const row = new Float32Array(V).fill(absent);
      tokens.forEach((token, slot) => {
        if (max[slot] === -Infinity) return;
        row[token] = valueOf(sum[slot]!, max[slot]!, counts[token]!);
      });
      yield new Uint8Array(row.buffer);
    }
  }
  const least = originalExtremes ? 0 : -Infinity;
  const shape = [rows, V];
  const mean = () => rowsOf((sum, _max, count) => sum / count, NaN);
  const max = () => rowsOf((_sum, most) => Math.max(least, most), originalExtremes ? 0 : NaN);
  return {
    "vocab_mean": { type: "F32", shape, chunks: mean },
    "vocab_max": { type: "F32", shape, chunks: max },
  };
}
