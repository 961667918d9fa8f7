/**
 * Products and elementwise operations as ONNX nodes.
 *
 * @module
 */
import { elementCount } from "../../array.ts";
import type { GeluForm } from "../graph.ts";
import { rowsAndColumns } from "../ops.ts";
import type { ModelBuilder } from "./model_builder.ts";
import type { Translator } from "./translation.ts";

function geluNode(model: ModelBuilder, x: string, form: GeluForm): string {
  return model.node("Gelu", [x], { approximate: form === "tanh" ? "tanh" : "none" });
}

/** `reshape`. */
export const translateReshape: Translator<"reshape"> = ({ model, shapeOf }, node, [x]) => [
  model.reshape(x!, shapeOf(node.outputs[0]!)),
];

/** `gather`: what ONNX would count from the end goes beyond it, where it is refused. */
export const translateGather: Translator<"gather"> = ({ model }, node, [table, ids]) => {
  const isNegative = model.node("Less", [ids!, model.index(0)]);
  const beyond = model.index(node.inputs[0]!.shape[0]!);
  const rows = model.node("Where", [isNegative, beyond, ids!]);
  return [model.node("Gather", [table!, rows], { axis: 0 })];
};

/** `add`. */
export const translateAdd: Translator<"add"> = ({ model }, _, [a, b]) => [
  model.node("Add", [a!, b!]),
];

/** `concat`. */
export const translateConcat: Translator<"concat"> = ({ model }, _, [a, b]) => [
  model.node("Concat", [a!, b!], { axis: 1 }),
];

/** `gelu`. */
export const translateGelu: Translator<"gelu"> = ({ model }, node, [x]) => [
  geluNode(model, x!, node.attributes.form),
];

/**
 * `linear`, as one Gemm over all leading axes. Gemm takes one addend into its product for nothing: the
 * bias, or the residual where there is no bias and nothing between.
 */
export const translateLinear: Translator<"linear"> = ({ model, shapeOf }, node, names) => {
  const { bias, activation, residual } = node.attributes;
  const [x, weight, ...rest] = names as [string, string, ...string[]];
  const biasName = bias ? rest.shift() : undefined;
  const residualName = residual ? rest.shift() : undefined;
  const [inner, outer] = node.inputs[1]!.shape as [number, number];
  const shape = shapeOf(node.outputs[0]!);
  const rows = elementCount(shape) / outer;
  const flat = (name: string, from: readonly number[], width: number) =>
    from.length === 2 && from[1] === width ? name : model.reshape(name, [rows, width]);

  const matrix = flat(x, shapeOf(node.inputs[0]!), inner);
  const inside = biasName ??
    (residualName && activation === "none" ? flat(residualName, shape, outer) : undefined);
  let y = model.node("Gemm", inside ? [matrix, weight, inside] : [matrix, weight]);
  if (activation !== "none") y = geluNode(model, y, activation === "gelu_erf" ? "erf" : "tanh");
  if (shape.length !== 2) y = model.reshape(y, shape);
  if (residualName && (biasName || activation !== "none")) y = model.node("Add", [y, residualName]);
  return [y];
};

/** `crossMoment`: Gemm reads `x` by columns as fast as by rows. */
export const translateCrossMoment: Translator<"crossMoment"> = ({ model }, _, [x, y]) => [
  model.node("Gemm", [x!, y!], { transA: 1 }),
];

/** `write`: the changed values where row and column are chosen, the old ones elsewhere. */
export const translateWrite: Translator<"write"> = ({ model, shapeOf }, node, names) => {
  const [x, rows, columns, value] = names as [string, string, string, string];
  const shape = shapeOf(node.outputs[0]!);
  const [R, C] = rowsAndColumns(shape);
  const boolean = (name: string, to: readonly number[]) =>
    model.node("Cast", [model.reshape(name, to)], { to: 9 });
  const chosen = model.node("And", [boolean(rows, [R, 1]), boolean(columns, [1, C])]);
  const old = model.reshape(x, [R, C]);
  const changed = {
    replace: () => value,
    add: () => model.node("Add", [old, value]),
    scale: () => model.node("Mul", [old, value]),
    atMost: () => model.node("Min", [old, value]),
    atLeast: () => model.node("Max", [old, value]),
  }[node.attributes.kind]();
  return [model.reshape(model.node("Where", [chosen, changed, old]), shape)];
};
