/**
 * Layer norm as ONNX nodes.
 *
 * @module
 */
import type { ModelBuilder } from "./model_builder.ts";
import type { Translator } from "./translation.ts";

/**
 * `x` minus the mean of its last axis. The runtime's own layer norm takes the mean in float32 of the
 * raw values, which loses three digits where they lie far from zero.
 */
function centred(model: ModelBuilder, x: string): string {
  const mean = model.node("ReduceMean", [x, model.integers([-1])], { keepdims: 1 });
  return model.node("Sub", [x, mean]);
}

/** Centred again: what rounding left of the mean is taken out. */
function exactlyCentred(model: ModelBuilder, x: string): string {
  return centred(model, centred(model, x));
}

/** `layerNorm`. */
export const translateLayerNorm: Translator<"layerNorm"> = ({ model }, node, [x, ...affine]) => [
  model.node("LayerNormalization", [centred(model, x!), ...affine], {
    axis: -1,
    epsilon: { float: node.attributes.epsilon },
  }),
];

/** `layerNormScale`. */
export const translateLayerNormScale: Translator<"layerNormScale"> = ({ model }, node, [x]) => {
  const difference = exactlyCentred(model, x!);
  const variance = model.node("ReduceMean", [
    model.node("Mul", [difference, difference]),
    model.integers([-1]),
  ], { keepdims: 1 });
  const { epsilon } = node.attributes;
  return [model.node("Sqrt", [model.node("Add", [variance, model.scalar(epsilon)])])];
};

/** `layerNormApply`. */
export const translateLayerNormApply: Translator<"layerNormApply"> = ({ model }, _, names) => {
  const [x, scale, weight, bias] = names as [string, string, string, string];
  const normalized = model.node("Div", [exactlyCentred(model, x), scale]);
  return [model.node("Add", [model.node("Mul", [normalized, weight]), bias])];
};
