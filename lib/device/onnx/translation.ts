/**
 * What the translators of the operations share: the model they write to, and the shapes of the values
 * in the chunk of rows it is written for.
 *
 * @module
 */
import type { Node, OpName, Value } from "../graph.ts";
import type { ModelBuilder } from "./model_builder.ts";
import type { Piece } from "./pieces.ts";

/** The model being written and what is known about its values. */
export interface Translation {
  readonly model: ModelBuilder;
  /** The shape of a value in this model, where its rows may be fewer than in the graph. */
  shapeOf(value: Value): readonly number[];
  /** The inputs that hold a value: one, or more for what is given in pieces. */
  piecesOf(value: Value): readonly Piece[];
  /** The operation that makes a value within this model; `undefined` for its inputs. */
  originOf(value: Value): OpName | undefined;
}

/** Writes the ONNX nodes of one operation and returns the names of its outputs. */
export type Translator<Op extends OpName> = (
  translation: Translation,
  node: Node<Op>,
  inputs: readonly string[],
) => string[];
