/**
 * The reference device: float64 TypeScript, slow and obvious. Tests hold the others to it, and
 * `--witness K` recomputes results of any run on it.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { formatShape } from "../../array.ts";
import type { Device, DeviceArray, DeviceTensor, Tensors } from "../device.ts";
import type { Graph, Node, OpName } from "../graph.ts";
import { mixOf, patternOf, rotaryTurn, scoresOf } from "./attention.ts";
import {
  addTensors,
  crossMoments,
  gatherRows,
  geluTensor,
  headResults,
  joinPositions,
  linearRows,
  sumOfHeads,
  writeTensor,
} from "./dense.ts";
import { layerNormRows, layerNormScales } from "./norm.ts";
import { floats, ReferenceTensor } from "./tensor.ts";
import { allLogits, softmaxStats } from "./unembed.ts";

type Interpreter<Op extends OpName> = (
  node: Node<Op>,
  inputs: ReferenceTensor[],
) => Float64Array[];

const INTERPRETERS: { [Op in OpName]: Interpreter<Op> } = {
  reshape: (_, [x]) => [floats(x!)],
  gather: (_, [table, ids]) => gatherRows(table!, ids!),
  add: (_, [a, b]) => addTensors(a!, b!),
  concat: (_, [a, b]) => joinPositions(a!, b!),
  linear: linearRows,
  crossMoment: (_, [x, y]) => crossMoments(x!, y!),
  gelu: (node, [x]) => geluTensor(node, x!),
  layerNorm: (node, [x, weight, bias]) =>
    layerNormRows({ x: x!, weight: weight!, bias: bias! }, node.attributes),
  layerNormScale: (node, [x]) => layerNormScales(node, x!),
  layerNormApply: (_, [x, scale, weight, bias]) =>
    layerNormRows({ x: x!, weight: weight!, bias: bias! }, scale!),
  rotary: (node, [x]) => rotaryTurn(node, x!),
  attentionScores: (node, [q, k]) => scoresOf(node, q!, k!),
  attentionPattern: (_, [scores]) => patternOf(scores!),
  attentionMix: (_, [pattern, v]) => mixOf(pattern!, v!),
  headResult: (_, [z, outputWeight]) => headResults(z!, outputWeight!),
  sumHeads: (_, [result, bias]) => sumOfHeads(result!, bias!),
  write: writeTensor,
  logits: allLogits,
  unembedStats: softmaxStats,
};

class ReferenceDevice implements Device {
  readonly name = "reference";
  readonly description = "reference: float64 TypeScript, one thread";
  readonly facts = { precision: "float64" };
  readonly maxTensorBytes = 2 ** 31;

  upload(array: HostArray<Float32Array | Int32Array>): DeviceTensor {
    const { data, shape } = array;
    return new ReferenceTensor(
      data instanceof Int32Array ? data.slice() : Float64Array.from(data),
      shape,
    );
  }

  run(graph: Graph, inputs: Tensors): Promise<Tensors> {
    const values = new Map<number, ReferenceTensor>();
    for (const [name, { id, shape }] of graph.inputs) {
      const tensor = inputs[name];
      if (
        !(tensor instanceof ReferenceTensor) || formatShape(tensor.shape) !== formatShape(shape)
      ) {
        throw new TypeError(
          `Cannot run with input "${name}": ${tensor ? formatShape(tensor.shape) : "not given"}, ` +
            `expected a reference tensor ${formatShape(shape)}`,
        );
      }
      values.set(id, tensor);
    }
    for (const node of graph.nodes) {
      const interpret = INTERPRETERS[node.op] as Interpreter<OpName>;
      const results = interpret(node, node.inputs.map((input) => values.get(input.id)!));
      node.outputs.forEach(({ id, shape }, index) =>
        values.set(id, new ReferenceTensor(results[index]!, shape))
      );
    }
    return Promise.resolve(Object.fromEntries(
      [...graph.outputs].map(([name, value]) => [name, values.get(value.id)!]),
    ));
  }

  read(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]> {
    return Promise.resolve(tensors.map((tensor) => {
      const { data, shape } = tensor as ReferenceTensor;
      return { data: data.slice(), shape } as DeviceArray;
    }));
  }

  take(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]> {
    return this.read(tensors);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Opens the float64 reference device. It needs no permission and holds no resource.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 *
 * await using device = openReference();
 * if (device.name !== "reference") throw new Error("unreachable");
 * ```
 */
export function openReference(): Device {
  return new ReferenceDevice();
}
