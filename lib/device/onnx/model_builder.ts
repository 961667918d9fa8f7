/**
 * Writing an ONNX model: nodes, constants, inputs and outputs, as the bytes a runtime reads.
 *
 * Source: onnx.proto of ONNX 1.15 (IR version 9, opset 20); field numbers stand where they are used.
 *
 * @module
 */
import type { DType } from "../graph.ts";
import { WireMessage } from "./wire.ts";

/** Opset whose Gelu has both forms and whose LayerNormalization is an operator of its own. */
const OPSET = 20;
const IR_VERSION = 9;

/** Element types of onnx.proto's `TensorProto.DataType`. */
const ELEMENT = { f32: 1, i32: 6, i64: 7, bool: 9 } as const;

/** The value of an attribute; ONNX tells integers and floats apart. */
export type Attribute = number | string | readonly number[] | { float: number };

/** Attribute kinds of onnx.proto's `AttributeProto.AttributeType`. */
const KIND = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Bytes of a constant; ONNX raw data is little-endian, as is every machine Deno runs on. */
function rawBytes(data: Float32Array | Int32Array | BigInt64Array | Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** One ONNX model under construction. Values are known by name. */
export class ModelBuilder {
  readonly #nodes: WireMessage[] = [];
  readonly #constants = new Map<string, WireMessage>();
  readonly #inputs: WireMessage[] = [];
  readonly #outputs: WireMessage[] = [];
  #count = 0;

  /** Declares an input. */
  input(name: string, dtype: DType, shape: readonly number[]): void {
    this.#inputs.push(valueInfo(name, dtype, shape));
  }

  /** Declares an output. */
  output(name: string, dtype: DType, shape: readonly number[]): void {
    this.#outputs.push(valueInfo(name, dtype, shape));
  }

  /** Appends a node and returns the names of its outputs. */
  nodes(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): string[] {
    const names = Array.from({ length: outputs }, () => `t${this.#count++}`);
    this.#append(op, inputs, attributes, names);
    return names;
  }

  /** Appends a node of one output and returns its name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.nodes(op, inputs, attributes, 1)[0]!;
  }

  /** Gives a value a second name: the output names of a model are chosen by its reader. */
  alias(name: string, as: string): void {
    this.#append("Identity", [name], {}, [as]);
  }

  /** The value under another shape. */
  reshape(name: string, shape: readonly number[]): string {
    return this.node("Reshape", [name, this.integers(shape)]);
  }

  /** The value with its axes in another order. */
  transpose(name: string, perm: readonly number[]): string {
    return this.node("Transpose", [name], { perm });
  }

  /** A float32 constant; the key names its content, so that equal ones are stored once. */
  floats(key: string, shape: readonly number[], make: () => Float32Array): string {
    return this.#constant(`f32:${key}`, "f32", shape, make);
  }

  /** A boolean constant; see {@linkcode floats}. */
  booleans(key: string, shape: readonly number[], make: () => Uint8Array): string {
    return this.#constant(`bool:${key}`, "bool", shape, make);
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.floats(String(value), [], () => Float32Array.of(value));
  }

  /** An int32 scalar: a place among others, in the type of token ids. */
  index(value: number): string {
    return this.#constant(`i32:${value}`, "i32", [], () => Int32Array.of(value));
  }

  /** An int64 list: a shape, or axes. */
  integers(values: readonly number[]): string {
    return this.#constant(
      `i64:${values.join()}`,
      "i64",
      [values.length],
      () => BigInt64Array.from(values, BigInt),
    );
  }

  /** The model's bytes. */
  finish(): Uint8Array {
    const graph = new WireMessage();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, "neurite");
    for (const constant of this.#constants.values()) graph.message(5, constant);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    return new WireMessage()
      .integer(1, IR_VERSION)
      .text(2, "neurite")
      .message(7, graph)
      .message(8, new WireMessage().text(1, "").integer(2, OPSET))
      .finish();
  }

  #append(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[],
  ): void {
    const node = new WireMessage();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(4, op);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
  }

  #constant(
    name: string,
    element: keyof typeof ELEMENT,
    shape: readonly number[],
    make: () => Float32Array | Int32Array | BigInt64Array | Uint8Array,
  ): string {
    if (!this.#constants.has(name)) {
      const tensor = new WireMessage();
      for (const extent of shape) tensor.integer(1, extent);
      tensor.integer(2, ELEMENT[element]).text(8, name).bytes(9, rawBytes(make()));
      this.#constants.set(name, tensor);
    }
    return name;
  }
}

function attribute(name: string, value: Attribute): WireMessage {
  const message = new WireMessage().text(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, KIND.int);
  if (typeof value === "string") return message.text(4, value).integer(20, KIND.string);
  if ("float" in value) return message.float(2, value.float).integer(20, KIND.float);
  for (const element of value) message.integer(8, element);
  return message.integer(20, KIND.ints);
}

function valueInfo(name: string, dtype: DType, shape: readonly number[]): WireMessage {
  const dimensions = new WireMessage();
  for (const extent of shape) dimensions.message(1, new WireMessage().integer(1, extent));
  const tensor = new WireMessage().integer(1, ELEMENT[dtype]).message(2, dimensions);
  return new WireMessage().text(1, name).message(2, new WireMessage().message(1, tensor));
}
