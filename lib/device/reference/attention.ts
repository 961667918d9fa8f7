import type { Node } from "../graph.ts";
import { floats, type ReferenceTensor, zeros } from "./tensor.ts";

type Axes4 = [number, number, number, number];

/** `rotary`: dimension i of a head turns with dimension i + R, for R frequencies. */
export function rotaryTurn(node: Node<"rotary">, x: ReferenceTensor): Float64Array[] {
  const [, T, H, K] = x.shape as Axes4;
  const { frequencies, start } = node.attributes;
  const half = frequencies.length;
  const values = floats(x);
  return [values.map((value, index) => {
    const i = index % K;
    if (i >= 2 * half) return value;
    const position = start + Math.floor(index / (H * K)) % T;
    const angle = position * frequencies[i % half]!;
    const partner = i < half ? -values[index + half]! : values[index - half]!;
    return value * Math.cos(angle) + partner * Math.sin(angle);
  })];
}

/** `attentionScores`: scaled products, −∞ above the causal diagonal. */
export function scoresOf(
  node: Node<"attentionScores">,
  q: ReferenceTensor,
  k: ReferenceTensor,
): Float64Array[] {
  const [B, T, H, K] = q.shape as Axes4;
  const S = k.shape[1]!;
  const queries = floats(q);
  const keys = floats(k);
  const out = zeros([B, H, T, S]).fill(-Infinity);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      for (let t = 0; t < T; t++) {
        for (let s = 0; s <= t + S - T; s++) {
          let dot = 0;
          for (let i = 0; i < K; i++) {
            dot += queries[((b * T + t) * H + h) * K + i]! * keys[((b * S + s) * H + h) * K + i]!;
          }
          out[((b * H + h) * T + t) * S + s] = dot * node.attributes.scale;
        }
      }
    }
  }
  return [out];
}

/** `attentionPattern`: softmax over the keys a query may see. */
export function patternOf(scores: ReferenceTensor): Float64Array[] {
  const [, , T, S] = scores.shape as Axes4;
  const values = floats(scores);
  const out = zeros(scores.shape);
  for (let row = 0; row * S < values.length; row++) {
    const allowed = values.subarray(row * S, row * S + (row % T) + S - T + 1);
    const top = allowed.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = allowed.reduce((total, score) => total + Math.exp(score - top), 0);
    allowed.forEach((score, s) => out[row * S + s] = Math.exp(score - top) / sum);
  }
  return [out];
}

/** `attentionMix`: `z = pattern · v` for each head. */
export function mixOf(pattern: ReferenceTensor, v: ReferenceTensor): Float64Array[] {
  const [B, H, T, S] = pattern.shape as Axes4;
  const K = v.shape[3]!;
  const weights = floats(pattern);
  const values = floats(v);
  const out = zeros([B, T, H, K]);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      for (let t = 0; t < T; t++) {
        const to = ((b * T + t) * H + h) * K;
        for (let s = 0; s < S; s++) {
          const weight = weights[((b * H + h) * T + t) * S + s]!;
          const from = ((b * S + s) * H + h) * K;
          for (let i = 0; i < K; i++) out[to + i]! += weight * values[from + i]!;
        }
      }
    }
  }
  return [out];
}
