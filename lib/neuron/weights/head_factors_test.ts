import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { choleskyUpper, type HeadComposition, headFactors } from "./head_factors.ts";

const [D, H, K] = [12, 3, 4];
const config = { nLayer: 1, nHead: H, dHead: K, dModel: D } as ModelConfig;

function folded(change: (role: string, data: Float64Array) => void = () => {}): FoldedWeights {
  return {
    names: [],
    shape: (name) => name.endsWith("_O") ? [H * K, D] : [D, H * K],
    read: (name) => {
      const data = Float64Array.from(normal([D * H * K], name.charCodeAt(name.length - 1)).data);
      change(name.at(-1)!, data);
      return Promise.resolve(data);
    },
    rows: () => Promise.reject(new Error("not asked for")),
  };
}

/** `A [D, H·K]` or, for O, `[H·K, D]`, as D × K of one head. */
async function headMatrix(weights: FoldedWeights, role: string, head: number) {
  const data = await weights.read(`blocks.0.attn.W_${role}`);
  return (d: number, k: number) =>
    role === "O" ? data[(head * K + k) * D + d]! : data[d * H * K + head * K + k]!;
}

/** The definition: the D × D product, written out. */
async function naive(weights: FoldedWeights, kind: HeadComposition, x: ArrayLike<number>) {
  const [left, right, isLeft] = {
    "comp_v": ["V", "O", true],
    "comp_o": ["V", "O", false],
    "comp_query_side": ["Q", "K", true],
    "comp_key_side": ["Q", "K", false],
  }[kind] as [string, string, boolean];
  const result: number[] = [];
  for (let head = 0; head < H; head++) {
    const [a, b] = [await headMatrix(weights, left, head), await headMatrix(weights, right, head)];
    const applied = new Float64Array(D);
    let squares = 0;
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        let m = 0;
        for (let k = 0; k < K; k++) m += a(i, k) * b(j, k);
        squares += m * m;
        applied[isLeft ? j : i]! += m * x[isLeft ? i : j]!;
      }
    }
    result.push(Math.hypot(...applied) / (Math.sqrt(squares) || 1));
  }
  return result;
}

async function byFactors(weights: FoldedWeights, kind: HeadComposition, x: ArrayLike<number>) {
  const factors = await headFactors(weights, kind, { layer: 0, config });
  return Array.from({ length: H }, (_, head) =>
    Math.hypot(
      ...Array.from({ length: K }, (_, k) =>
        Array.from({ length: D }, (_, d) =>
          factors[(head * K + k) * D + d]! * x[d]!)
          .reduce((a, b) => a + b)),
    ));
}

const KINDS = ["comp_v", "comp_o", "comp_query_side", "comp_key_side"] as const;

Deno.test("headFactors() gives the lengths of the D x D products' definition", async () => {
  const x = normal([D], 5).data;
  for (const kind of KINDS) {
    const expected = await naive(folded(), kind, x);
    (await byFactors(folded(), kind, x)).forEach((value, head) =>
      assert.ok(Math.abs(value - expected[head]!) < 1e-12, `${kind} ${head}`)
    );
  }
});

Deno.test("headFactors() takes heads of low rank and heads that are zero", async () => {
  // Head 0: one direction only; head 1: nothing.
  const weights = folded((role, data) => {
    for (let d = 0; d < D; d++) {
      for (let k = 0; k < K; k++) {
        const at = (head: number) =>
          role === "O" ? (head * K + k) * D + d : d * H * K + head * K + k;
        if (k > 0) data[at(0)] = 2 * data[role === "O" ? d : d * H * K]!;
        data[at(1)] = 0;
      }
    }
  });
  const x = normal([D], 6).data;
  for (const kind of KINDS) {
    const expected = await naive(weights, kind, x);
    assert.equal(expected[1], 0);
    (await byFactors(weights, kind, x)).forEach((value, head) =>
      assert.ok(Math.abs(value - expected[head]!) < 1e-7, `${kind} ${head} ${value}`)
    );
  }
});

Deno.test("choleskyUpper() gives the root of a positive definite matrix", () => {
  // [[4, 2], [2, 5]] = [[2, 0], [1, 2]]·[[2, 1], [0, 2]].
  assert.deepEqual([...choleskyUpper(Float64Array.of(4, 2, 2, 5), 2)], [2, 1, 0, 2]);
});
