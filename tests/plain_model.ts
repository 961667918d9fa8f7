/**
 * GPT-2 and GPT-NeoX written out in plain float64 over the canonical weights. It shares no code with
 * the forward pass, so that a wrong name, slice or orientation cannot be made good there.
 *
 * @module
 */
import { attentionScale, type ModelConfig } from "../lib/model/config/config.ts";
import { rotaryFrequencies } from "../lib/model/config/rotary.ts";

/** One row of numbers a position. */
export type Rows = Float64Array[];

type Weight = Float32Array | Float64Array;
type Read = (name: string) => Weight;

/** What {@linkcode plainForward} gives, `[T, ...]` each. */
export interface PlainRun {
  /** The residual before each block. */
  residuals: Rows[];
  /** The MLPs' activations after GELU. */
  hidden: Rows[];
  logits: Rows;
}

function normed(x: Rows, w: Weight, b: Weight, epsilon: number): Rows {
  return x.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map((value, i) => (value - mean) / Math.sqrt(variance + epsilon) * w[i]! + b[i]!);
  });
}

function linear(x: Rows, w: Weight, b: Weight): Rows {
  return x.map((row) =>
    Float64Array.from(
      b,
      (bias, j) => row.reduce((sum, value, i) => sum + value * w[i * b.length + j]!, bias),
    )
  );
}

/** By the series whose terms have one sign: the alternating one loses 7 digits at x = 4. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let sum = 0;
  let term = x;
  for (let n = 0; n < 300; n++) {
    sum += term;
    term *= 2 * x * x / (2 * n + 3);
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

function gelu(x: number, form: "tanh" | "erf"): number {
  const cubic = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
  return 0.5 * x * (1 + (form === "tanh" ? Math.tanh(cubic) : erf(x / Math.SQRT2)));
}

function turn(row: Float64Array, position: number, config: ModelConfig): void {
  if (!config.rotary) return;
  const half = config.rotary.dims / 2;
  rotaryFrequencies(config.rotary).forEach((frequency, i) => {
    const [cos, sin] = [Math.cos(position * frequency), Math.sin(position * frequency)];
    for (let h = 0; h < config.nHead; h++) {
      const at = h * config.dHead + i;
      const [a, b] = [row[at]!, row[at + half]!];
      [row[at], row[at + half]] = [a * cos - b * sin, b * cos + a * sin];
    }
  });
}

function attention(x: Rows, read: Read, { config, layer }: { config: ModelConfig; layer: number }) {
  const [q, k, v] = ["Q", "K", "V"].map((role) =>
    linear(x, read(`attn.W_${role}`), read(`attn.b_${role}`))
  ) as [Rows, Rows, Rows];
  for (const rows of [q, k]) rows.forEach((row, t) => turn(row, t, config));
  const { dHead: K, nHead: H } = config;
  const z = x.map(() => new Float64Array(H * K));
  for (let h = 0; h < H; h++) {
    const head = (row: Float64Array) => row.subarray(h * K, h * K + K);
    for (let t = 0; t < x.length; t++) {
      const scores = k.slice(0, t + 1).map((key) =>
        attentionScale(config, layer) *
        head(q[t]!).reduce((sum, value, i) => sum + value * head(key)[i]!, 0)
      );
      const most = Math.max(...scores);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0);
      scores.forEach((score, s) => {
        const share = Math.exp(score - most) / total;
        head(v[s]!).forEach((value, i) => z[t]![h * K + i]! += share * value);
      });
    }
  }
  return linear(z, read("attn.W_O"), read("attn.b_O"));
}

function plus(a: Rows, b: Rows): Rows {
  return a.map((row, t) => row.map((value, i) => value + b[t]![i]!));
}

function block(x: Rows, read: Read, { config, layer }: { config: ModelConfig; layer: number }) {
  const epsilon = config.layerNormEpsilon;
  const normal = (rows: Rows, name: string) =>
    normed(rows, read(`${name}.w`), read(`${name}.b`), epsilon);
  const middle = plus(x, attention(normal(x, "ln1"), read, { config, layer }));
  const hidden = linear(
    normal(config.parallelResidual ? x : middle, "ln2"),
    read("mlp.W_in"),
    read("mlp.b_in"),
  ).map((row) => row.map((value) => gelu(value, config.gelu)));
  return { next: plus(middle, linear(hidden, read("mlp.W_out"), read("mlp.b_out"))), hidden };
}

/** One row of tokens through the model whose weights `read` gives; `unembed.b_U` may be among them. */
export function plainForward(
  ids: readonly number[],
  config: ModelConfig,
  weights: ReadonlyMap<string, Weight>,
): PlainRun {
  const { dModel: D, vocabSize: V } = config;
  const pick = (name: string, row: number) =>
    Float64Array.from(weights.get(name)?.subarray(row * D, row * D + D) ?? new Float64Array(D));
  const run: PlainRun = { residuals: [], hidden: [], logits: [] };
  let x: Rows = ids.map((id, t) => {
    const position = pick("pos_embed.W_pos", t);
    return pick("embed.W_E", id).map((e, i) => e + position[i]!);
  });
  for (let layer = 0; layer < config.nLayer; layer++) {
    run.residuals.push(x);
    const read = (name: string) => weights.get(`blocks.${layer}.${name}`)!;
    const { next, hidden } = block(x, read, { config, layer });
    run.hidden.push(hidden);
    x = next;
  }
  const [w, b] = [weights.get("ln_final.w")!, weights.get("ln_final.b")!];
  const unembedding = weights.get("unembed.W_U")!;
  const bias = weights.get("unembed.b_U") ?? new Float64Array(V);
  run.logits = normed(x, w, b, config.layerNormEpsilon).map((row) =>
    Float64Array.from(
      bias,
      (start, token) =>
        row.reduce((sum, value, i) => sum + value * unembedding[token * D + i]!, start),
    )
  );
  return run;
}
