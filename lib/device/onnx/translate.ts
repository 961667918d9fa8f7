/**
 * A stage of a graph as an ONNX model.
 *
 * @module
 */
import type { Node, OpName } from "../graph.ts";
import { ModelBuilder } from "./model_builder.ts";
import { modelName } from "./pieces.ts";
import { inputsInChunk, shapeInChunk, type Stage, type StageCut } from "./stages.ts";
import * as attention from "./translate_attention.ts";
import * as dense from "./translate_dense.ts";
import * as norm from "./translate_norm.ts";
import * as unembed from "./translate_unembed.ts";
import type { Translation, Translator } from "./translation.ts";

const TRANSLATORS: { [Op in OpName]: Translator<Op> } = {
  reshape: dense.translateReshape,
  gather: dense.translateGather,
  add: dense.translateAdd,
  concat: dense.translateConcat,
  linear: dense.translateLinear,
  crossMoment: dense.translateCrossMoment,
  gelu: dense.translateGelu,
  layerNorm: norm.translateLayerNorm,
  layerNormScale: norm.translateLayerNormScale,
  layerNormApply: norm.translateLayerNormApply,
  rotary: attention.translateRotary,
  attentionScores: attention.translateScores,
  attentionPattern: attention.translatePattern,
  attentionMix: attention.translateMix,
  headResult: attention.translateHeadResult,
  sumHeads: attention.translateSumHeads,
  write: dense.translateWrite,
  logits: unembed.translateLogits,
  unembedStats: unembed.translateUnembedStats,
};

/** The ONNX model that runs a chunk of a stage. */
export function translateStage(stage: Stage, cut: StageCut): Uint8Array {
  const model = new ModelBuilder();
  const names = new Map<number, string>();
  const makers = new Map<number, Node>();
  const translation: Translation = {
    model,
    shapeOf: (value) => shapeInChunk(stage, value, cut.units),
    piecesOf: (value) => inputsInChunk(stage, value, cut),
    originOf: (value) => makers.get(value.id)?.op,
  };
  for (const value of stage.inputs) {
    for (const { name, shape } of translation.piecesOf(value)) {
      model.input(name, value.dtype, shape);
    }
    names.set(value.id, modelName(value));
  }
  for (const node of stage.nodes) {
    const translate = TRANSLATORS[node.op] as Translator<OpName>;
    const inputs = node.inputs.map((input) => names.get(input.id)!);
    const outputs = translate(translation, node, inputs);
    node.outputs.forEach((value, index) => {
      names.set(value.id, outputs[index]!);
      makers.set(value.id, node);
    });
  }
  for (const value of stage.outputs) {
    model.alias(names.get(value.id)!, modelName(value));
    model.output(modelName(value), value.dtype, translation.shapeOf(value));
  }
  return model.finish();
}
