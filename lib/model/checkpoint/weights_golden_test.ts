/**
 * The fixtures' weights put through the equations of GPT-2 and GPT-NeoX in plain float64, held
 * against what transformers computed from the same files. It shares no code with the forward pass,
 * so that a wrong name, slice or orientation here cannot be made good there.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type HostArray } from "../../array.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { attentionScale, type ModelConfig, readConfig } from "../config/config.ts";
import { rotaryFrequencies } from "../config/rotary.ts";
import { openWeights } from "./weights.ts";

type Rows = Float64Array[];
type Read = (name: string) => Float32Array;

const FOUND = "../shared/published/found-capp-gpt";
const MODELS = [
  ...["gpt2-hub-style", "gpt2-crfm-style", "pythia-style", "neox-sequential-style"].map((name) =>
    join("tests/fixtures/checkpoints", name)
  ),
  ...(existsSync(FOUND) ? [FOUND] : []),
];

function normed(x: Rows, w: Float32Array, b: Float32Array, epsilon: number): Rows {
  return x.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map((value, i) => (value - mean) / Math.sqrt(variance + epsilon) * w[i]! + b[i]!);
  });
}

function linear(x: Rows, w: Float32Array, b: Float32Array): Rows {
  return x.map((row) =>
    Float64Array.from(
      b,
      (bias, j) => row.reduce((sum, value, i) => sum + value * w[i * b.length + j]!, bias),
    )
  );
}

function erf(x: number): number {
  let sum = 0;
  let term = x;
  for (let n = 0; n < 200; n++) {
    sum += term / (2 * n + 1);
    term *= -x * x / (n + 1);
  }
  return Math.abs(x) > 5 ? Math.sign(x) : 2 / Math.sqrt(Math.PI) * sum;
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

/** Largest difference to the first row of a batch, relative to the largest value there. */
function error(found: Rows, wanted: HostArray): number {
  let worst = 0;
  let scale = 0;
  const width = found[0]!.length;
  found.forEach((row, t) =>
    row.forEach((value, i) => {
      const target = Number(wanted.data[t * width + i]!);
      worst = Math.max(worst, Math.abs(value - target));
      scale = Math.max(scale, Math.abs(target));
    })
  );
  return worst / scale;
}

for (const directory of MODELS) {
  Deno.test(`the weights of ${directory} give the outputs that transformers computed`, async () => {
    const config = await readConfig(directory);
    const reference = await readSafetensors(join(directory, "reference.safetensors"));
    await using checkpoint = await openCheckpoint(directory);
    const source = openWeights(checkpoint, config);
    const weights = new Map<string, Float32Array>();
    for (const name of source.names) weights.set(name, await source.read(name));
    const { dModel: D, vocabSize: V } = config;
    const T = reference.input_ids!.shape[1]!;
    const pick = (name: string, row: number) =>
      Float64Array.from(weights.get(name)?.subarray(row * D, row * D + D) ?? new Float32Array(D));
    let x: Rows = Array.from({ length: T }, (_, t) => {
      const position = pick("pos_embed.W_pos", t);
      return pick("embed.W_E", Number(reference.input_ids!.data[t]!)).map((e, i) =>
        e + position[i]!
      );
    });
    for (let layer = 0; layer < config.nLayer; layer++) {
      assert.ok(error(x, reference[`resid_pre.${layer}`]!) < 1e-5, `resid_pre.${layer}`);
      const read = (name: string) => weights.get(`blocks.${layer}.${name}`)!;
      const { next, hidden } = block(x, read, { config, layer });
      assert.ok(error(hidden, reference[`mlp_post.${layer}`]!) < 1e-5, `mlp_post.${layer}`);
      x = next;
    }
    const last = normed(
      x,
      weights.get("ln_final.w")!,
      weights.get("ln_final.b")!,
      config.layerNormEpsilon,
    );
    const unembedding = weights.get("unembed.W_U")!;
    const logits = last.map((row) =>
      Float64Array.from(
        { length: V },
        (_, token) => row.reduce((sum, value, i) => sum + value * unembedding[token * D + i]!, 0),
      )
    );
    const worst = error(logits, reference.logits!);
    assert.ok(worst < 1e-5, `logits differ by ${worst}`);
  });
}
