/**
 * Ranks, and Spearman's correlation of them.
 *
 * @module
 */

/** Float32 values are sorted by 11 bits a pass. */
const BITS = 11;
const BUCKETS = 1 << BITS;
const MASK = BUCKETS - 1;

/** Bits that rise with the value: negative floats turned over, the others above them. */
function sortable(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.length);
  const raw = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    // −0 and 0 are one value and must be one key.
    const bit = values[i] === 0 ? 0 : raw[i]!;
    bits[i] = bit >>> 31 ? ~bit : bit | 0x80000000;
  }
  return bits;
}

/** Places in rising order of the keys. */
function order(keys: Uint32Array): Uint32Array {
  let from = Uint32Array.from({ length: keys.length }, (_, i) => i);
  let to = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += BITS) {
    const starts = new Uint32Array(BUCKETS + 1);
    for (const key of keys) starts[((key >>> shift) & MASK) + 1]!++;
    for (let b = 0; b < BUCKETS; b++) starts[b + 1]! += starts[b]!;
    for (const i of from) to[starts[(keys[i]! >>> shift) & MASK]!++] = i;
    [from, to] = [to, from];
  }
  return from;
}

/**
 * The rank of each value, from 1; equal values share the mean of theirs. Values must not be NaN. Float32
 * values are sorted by radix: Spearman's correlation of thousands of neurons is little but this.
 */
export function valueRanks(values: Float32Array | Float64Array): Float64Array {
  const places = values instanceof Float32Array
    ? order(sortable(values))
    : Uint32Array.from(values.keys()).sort((i, j) => Math.sign(values[i]! - values[j]!) || 0);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < places.length;) {
    let end = start + 1;
    while (end < places.length && values[places[end]!] === values[places[start]!]) end++;
    for (let i = start; i < end; i++) ranks[places[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** Spearman's rank correlation of values that are no NaN, equal ones sharing a rank; NaN of a constant. */
export function rankCorrelation(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
): number {
  const [a, b] = [valueRanks(x), valueRanks(y)];
  const mean = (x.length + 1) / 2;
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i]! - mean) * (b[i]! - mean);
    first += (a[i]! - mean) ** 2;
    second += (b[i]! - mean) ** 2;
  }
  return both / Math.sqrt(first * second);
}
