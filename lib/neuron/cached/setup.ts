/**
 * A cache as a command asks for it: model found, neurons, tokens and mask read, everything checked.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { type AskedRows, type CorpusRows, readCorpusRows } from "../../model/corpus_rows.ts";
import { findModel, type FoundModel } from "../../model/find_model.ts";
import { UNIVERSAL_EXCESS } from "../correlation/universal.ts";
import { readIndexMask } from "./index_mask.ts";
import {
  type ActivationRequest,
  type Aggregation,
  type Precision,
  TOKEN_OUTPUTS,
  type TokenOutput,
} from "./layout.ts";
import { parseFilter, readNeuronFile, type RowFilter } from "./neuron_file.ts";
import type { Location } from "../location.ts";
import { checkNeurons, type Neuron, neuronsOfLayers, readNeurons } from "../neurons.ts";

/** What a command asks. */
export interface AskedActivations extends AskedRows {
  readonly model: string;
  /** Names `layer.index`. */
  readonly neurons: readonly string[];
  readonly neuronsFile?: string | undefined;
  readonly universal: boolean;
  /** Filters `column>value`. */
  readonly where: readonly string[];
  /** Numbers, or `all`. */
  readonly layers: readonly string[];
  readonly location: Location;
  readonly aggregation: Aggregation;
  readonly precision: Precision;
  readonly indexMask?: string | undefined;
  readonly maskedMax: "none" | "minus-one";
  readonly loss: boolean;
  readonly entropy: boolean;
  readonly rank: boolean;
}

/** A cache that can be written. */
export interface ActivationSetup {
  readonly model: FoundModel;
  readonly corpus: CorpusRows;
  readonly request: ActivationRequest;
  /** u8 `[B·T]`, where a mask was asked for. */
  readonly counted?: Uint8Array | undefined;
  /** What a masked position is for the maximum. @default {-Infinity} */
  readonly maskedMax?: number | undefined;
}

/**
 * Reads everything but the model's weights.
 *
 * @throws {NeuriteError} E-USAGE for options that contradict each other and neurons that the model
 * does not have; E-FILE-CORRUPT for a file that names such; E-TOKENS for rows or a mask that do not
 * fit; the errors of files.
 */
export async function setUpActivations(asked: AskedActivations): Promise<ActivationSetup> {
  const { location, aggregation, precision, indexMask, maskedMax } = asked;
  checkOptions(asked);
  const model = await findModel(asked.model);
  const neurons = await chosenNeurons(asked, model.config);
  const corpus = await readCorpusRows(asked, [model.config]);
  const hasNext = corpus.tokens.shape[1]! > 1;
  const names = Object.keys(TOKEN_OUTPUTS) as TokenOutput[];
  const outputs = names.filter((name) => asked[name]);
  if (!hasNext && outputs.some((name) => name !== "entropy")) {
    throw contradiction("--loss, --rank", "asked of rows of one token", "rows with a next token");
  }
  return {
    model,
    corpus,
    request: { neurons, location, aggregation, precision, outputs },
    counted: indexMask === undefined ? undefined : await readIndexMask(indexMask, asked, corpus),
    maskedMax: maskedMax === "minus-one" ? -1 : undefined,
  };
}

function checkOptions(asked: AskedActivations): void {
  const { neurons, neuronsFile, layers, aggregation, indexMask, maskedMax } = asked;
  const chosen = [neurons.length > 0, neuronsFile !== undefined, layers.length > 0];
  const count = chosen.filter(Boolean).length;
  const choices = "--neurons, --neurons-file, --layers";
  if (count !== 1) throw contradiction(choices, `${count} of them`, "exactly one of them");
  if (neuronsFile === undefined && (asked.universal || asked.where.length > 0)) {
    throw contradiction("--universal, --where", "no table to filter", "--neurons-file");
  }
  if (aggregation === "none" && indexMask !== undefined) {
    throw contradiction(
      "--index-mask",
      "every position is kept",
      "--aggregation mean, max or last",
    );
  }
  if (maskedMax !== "none" && (aggregation !== "max" || indexMask === undefined)) {
    throw contradiction("--masked-max", maskedMax, "--aggregation max with --index-mask");
  }
}

async function chosenNeurons(asked: AskedActivations, config: ModelConfig): Promise<Neuron[]> {
  const { neurons: names, neuronsFile: path, layers } = asked;
  if (path !== undefined) {
    const neurons = await readNeuronFile(path, filtersOf(asked));
    checkNeurons(neurons, config, (is, expected) =>
      cannot("E-FILE-CORRUPT", {
        do: "take the neurons of",
        thing: path,
        is,
        expected,
        hint: "give a table of this model's neurons, or another filter",
      }));
    return neurons;
  }
  if (names.length > 0) return readNeurons(names, config, "--neurons");
  return neuronsOfLayers(layersOf(layers, config), config);
}

function filtersOf({ universal, where }: AskedActivations): RowFilter[] {
  const excess = { column: "excess_corr", comparison: ">", value: UNIVERSAL_EXCESS } as const;
  const filters = where.map((text) => {
    const filter = parseFilter(text);
    if (filter) return filter;
    throw contradiction("--where", JSON.stringify(text), "a column, one of > >= < <= =, a number");
  });
  return universal ? [excess, ...filters] : filters;
}

function layersOf(texts: readonly string[], { nLayer }: ModelConfig): number[] {
  if (texts.length === 1 && texts[0] === "all") return Array.from({ length: nLayer }, (_, l) => l);
  const layers = texts.map((text) => /^\d{1,6}$/.test(text) ? Number(text) : NaN);
  const wrong = layers.findIndex((layer) => !(layer < nLayer));
  if (wrong >= 0) {
    const is = JSON.stringify(texts[wrong]);
    throw contradiction("--layers", is, `all, or layers 0 to ${nLayer - 1}`);
  }
  const twice = layers.find((layer, i) => layers.indexOf(layer) !== i);
  if (twice !== undefined) throw contradiction("--layers", `layer ${twice} twice`, "each once");
  return layers;
}

function contradiction(thing: string, is: string, expected: string): NeuriteError {
  const hint = "deno task un:activations --help";
  return cannot("E-USAGE", { do: "read option", thing, is, expected, hint });
}
