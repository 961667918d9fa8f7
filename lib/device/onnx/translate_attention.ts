/**
 * Attention as ONNX nodes. Heads are moved before positions for the batched products; the pattern
 * and the scores are `[B, H, T, S]` throughout.
 *
 * @module
 */
import type { ModelBuilder } from "./model_builder.ts";
import type { Translator } from "./translation.ts";

type Axes4 = [number, number, number, number];

const HEADS_FIRST = [0, 2, 1, 3];

/** Fills a `[T, S]` mask where query t may not see key s: the queries are the last T of S positions. */
function fillHidden<Mask extends Float32Array | Uint8Array>(
  mask: Mask,
  [T, S]: [number, number],
  value: number,
): Mask {
  for (let t = 0; t < T; t++) mask.fill(value, t * S + t + S - T + 1, (t + 1) * S);
  return mask;
}

/** −∞ for what no query may see; a single query sees every key. */
function masked(model: ModelBuilder, x: string, [T, S]: [number, number]): string {
  if (T === 1) return x;
  const mask = model.booleans(
    `hidden:${T}:${S}`,
    [T, S],
    () => fillHidden(new Uint8Array(T * S), [T, S], 1),
  );
  return model.node("Where", [mask, model.scalar(-Infinity), x]);
}

/** `attentionScores`: the mask is added, −∞ or 0, which is cheaper than a choice. */
export const translateScores: Translator<"attentionScores"> = (
  { model, shapeOf },
  node,
  [q, k],
) => {
  const [, , T, S] = shapeOf(node.outputs[0]!) as Axes4;
  const scores = model.node("Mul", [
    model.node("MatMul", [
      model.transpose(q!, HEADS_FIRST),
      model.transpose(k!, [0, 2, 3, 1]),
    ]),
    model.scalar(node.attributes.scale),
  ]);
  if (T === 1) return [scores];
  const mask = model.floats(
    `mask:${T}:${S}`,
    [T, S],
    () => fillHidden(new Float32Array(T * S), [T, S], -Infinity),
  );
  return [model.node("Add", [scores, mask])];
};

/**
 * `attentionPattern`. Scores that come straight from `attentionScores` are −∞ where masked; any
 * others may hold a written value there, which must not count.
 */
export const translatePattern: Translator<"attentionPattern"> = (
  { model, shapeOf, originOf },
  node,
  [scores],
) => {
  const [, , T, S] = shapeOf(node.outputs[0]!) as Axes4;
  const isMasked = originOf(node.inputs[0]!) === "attentionScores";
  const seen = isMasked ? scores! : masked(model, scores!, [T, S]);
  return [model.node("Softmax", [seen], { axis: -1 })];
};

/** `attentionMix`. */
export const translateMix: Translator<"attentionMix"> = ({ model }, _, [pattern, v]) => {
  const mixed = model.node("MatMul", [pattern!, model.transpose(v!, HEADS_FIRST)]);
  return [model.transpose(mixed, HEADS_FIRST)];
};

/** `headResult`: one product a head. */
export const translateHeadResult: Translator<"headResult"> = (
  { model, shapeOf },
  node,
  [z, outputWeight],
) => {
  const [B, T, H, K] = shapeOf(node.inputs[0]!) as Axes4;
  const D = node.inputs[1]!.shape[1]!;
  const rows = model.transpose(model.reshape(z!, [B * T, H, K]), [1, 0, 2]);
  const result = model.node("MatMul", [rows, model.reshape(outputWeight!, [H, K, D])]);
  return [model.reshape(model.transpose(result, [1, 0, 2]), [B, T, H, D])];
};

/** `sumHeads`. */
export const translateSumHeads: Translator<"sumHeads"> = ({ model }, _, [result, bias]) => {
  const sum = model.node("ReduceSum", [result!, model.integers([2])], { keepdims: 0 });
  return [model.node("Add", [sum, bias!])];
};

/** `rotary`: the two halves of the turning dimensions are each other's partners. */
export const translateRotary: Translator<"rotary"> = ({ model, shapeOf }, node, [x]) => {
  const [, T, , K] = shapeOf(node.outputs[0]!) as Axes4;
  const { frequencies, start } = node.attributes;
  const half = frequencies.length;
  if (half === 0) return [model.node("Identity", [x!])];
  const table = (name: string, turn: (angle: number) => number) =>
    model.floats(
      `${name}:${T}:${start}:${frequencies.join()}`,
      [T, 1, half],
      () =>
        Float32Array.from(
          { length: T * half },
          (_, i) => turn((start + Math.floor(i / half)) * frequencies[i % half]!),
        ),
    );
  const cos = table("cos", Math.cos);
  const sin = table("sin", Math.sin);
  const rest = K - 2 * half;
  const parts = model.nodes(
    "Split",
    [
      x!,
      model.integers(rest > 0 ? [half, half, rest] : [half, half]),
    ],
    { axis: 3 },
    rest > 0 ? 3 : 2,
  );
  const [a, b, ...unturned] = parts as [string, string, ...string[]];
  const product = (value: string, by: string) => model.node("Mul", [value, by]);
  const turned = [
    model.node("Sub", [product(a, cos), product(b, sin)]),
    model.node("Add", [product(b, cos), product(a, sin)]),
  ];
  return [model.node("Concat", [...turned, ...unturned], { axis: 3 })];
};
